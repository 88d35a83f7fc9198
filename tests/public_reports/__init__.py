"""A log of cases: troubles that users of planning programs and of their libraries reported in public, told again here.

Each case is one small file: the situation in our own words, the source as repository and number, the smallest input
made by code, and the right value. `passed at once` says that the product did right when the case was first tried,
`mended` that it did not, and does now. Where a number is told in another repository's thread, that is named too.

case | source | what came
--- | --- | ---
budget_against_a_promise | calliope-project/calliope#265 | passed at once
investment_counted_for_each_line | calliope-project/calliope#821 | passed at once
months_rewritten_by_a_spreadsheet | calliope-project/calliope#84 | passed at once
yearly_cost_without_an_investment | calliope-project/calliope#389 | passed at once
brackets_in_a_name | Textualize/rich#1549 | mended
charts_of_nothing | rl-institut/oemof-B3#157 | mended
formula_stored_as_zero | jmcnamara/excel-writer-xlsx#225 | mended
solver_breaks_down_in_a_late_run | FlexMeasures/flexmeasures#2527 | mended
transit_beyond_the_end | irena-flextool/flextool#265 | mended
calendar_that_is_always_open | frePPLe/frepple#413 | passed at once
capacity_from_a_later_date | frePPLe/frepple#115 | passed at once
empty_text_in_a_reference | frePPLe/frepple#35 | passed at once
exported_file_is_imported_again | frePPLe/frepple#67 | passed at once
required_field_missing | frePPLe/frepple#123 | passed at once
safety_stock_since_long_ago | frePPLe/frepple#281 | passed at once
sheet_names_of_a_report | frePPLe/frepple#137, spine-tools/Spine-Toolbox#1561 | passed at once
start_that_breaks_a_rule | frePPLe/frepple#6 | passed at once
two_orders_alike | frePPLe/frepple#397 | passed at once
costs_in_another_unit | ERGO-Code/HiGHS#2653 | passed at once
impossible_with_a_start | ERGO-Code/HiGHS#902 | passed at once
large_factor_of_a_switch | ERGO-Code/HiGHS#3034, jump-dev/HiGHS.jl#104 | passed at once
own_sets_that_highs_does_not_know | ERGO-Code/HiGHS#2148 | mended
searches_at_the_same_time | ERGO-Code/HiGHS#1838 | passed at once
dates_of_the_1904_system | openpyxl/openpyxl#558, told in pyexcel/pyexcel-xlsx#25 | passed at once
dates_without_a_format | openpyxl/openpyxl#553, told in kz26/PyExcelerate#34 | mended
merged_cells_of_a_streamed_sheet | openpyxl/openpyxl#540, told in gristlabs/grist-core#285 | passed at once
zero_shown_as_a_date | openpyxl/openpyxl#936, told in pyexcel/pyexcel-xlsx#23 | mended
copy_of_a_workbook_with_macros | pandas-dev/pandas#44868 | passed at once
decimals_from_a_database | pandas-dev/pandas#20525 | mended
filtered_rows | pandas-dev/pandas#42562 | mended
formatted_rows_and_blanks_below | pandas-dev/pandas#41167 | passed at once
frame_indexed_by_its_key | pandas-dev/pandas#56483 | mended
member_called_na | pandas-dev/pandas#11839 | passed at once
missing_values_of_nullable_columns | pandas-dev/pandas#50795 | passed at once
months_as_pandas_periods | pandas-dev/pandas#26999 | mended
numpy_scalars_of_a_narrow_frame | pandas-dev/pandas#21256 | passed at once
sheet_with_a_wrong_dimension | pandas-dev/pandas#39001 | passed at once
styles_that_the_reader_refuses | pandas-dev/pandas#40499 | passed at once
thousands_with_a_point | pandas-dev/pandas#59299 | mended
two_columns_of_one_name | pandas-dev/pandas#58281 | mended
yes_and_no_as_true_and_false | pandas-dev/pandas#58994 | mended
demand_met_from_stock | project-pareto/project-pareto#329 | passed at once
headers_below_a_title | project-pareto/project-pareto#322 | mended
links_to_other_workbooks | project-pareto/project-pareto#316 | passed at once
percent_taken_for_the_number | project-pareto/project-pareto#287 | passed at once
impossible_is_an_answer | Pyomo/pyomo#2920 | passed at once
own_rule_without_variables | Pyomo/pyomo#3976, PyPSA/linopy#517 | passed at once
same_input_same_plan | Pyomo/pyomo#3019 | passed at once
time_out_before_the_first_plan | Pyomo/pyomo#365, Pyomo/pyomo#3130, ERGO-Code/HiGHS#1028 | passed at once
limit_for_one_and_none_for_another | PyPSA/PyPSA#1493 | passed at once
limit_on_what_is_shut | PyPSA/PyPSA#1449, TemoaProject/temoa#75 | passed at once
missing_number_in_a_frame | PyPSA/PyPSA#874 | passed at once
something_stands_nowhere | PyPSA/PyPSA#505 | passed at once
stay_longer_than_the_horizon | PyPSA/PyPSA#124 | passed at once
budgets_over_new_year | PyPSA/pypsa-eur#305 | passed at once
no_limit_is_no_number | PyPSA/pypsa-eur#1406 | passed at once
leap_day_on_a_saturday | PyPSA/pypsa-usa#347 | passed at once
blank_rows_within_a_table | spine-tools/Spine-Toolbox#2749 | passed at once
key_of_two_rows | spine-tools/Spine-Toolbox#3217 | mended
table_of_headers_alone | spine-tools/Spine-Toolbox#1714 | passed at once
text_file_in_another_encoding | spine-tools/Spine-Toolbox#1301 | mended
decision_after_the_horizon | spine-tools/SpineOpt.jl#1155 | mended
life_in_periods_of_unequal_length | spine-tools/SpineOpt.jl#1273 | passed at once
opening_stock_of_a_long_first_period | spine-tools/SpineOpt.jl#1161 | passed at once
transit_before_the_start | spine-tools/SpineOpt.jl#414, spine-tools/SpineOpt.jl#415 | passed at once
discounted_to_the_start | TemoaProject/temoa#132 | passed at once
end_of_life_within_a_period | TemoaProject/temoa#90 | passed at once
payments_after_the_horizon | TemoaProject/temoa#364 | passed at once
strict_open_xml | python-excel/xlrd#92 | mended
chart_titles_that_look_like_formulas | jmcnamara/XlsxWriter#98, jmcnamara/rust_xlsxwriter#173 | mended
header_with_a_line_break | jmcnamara/XlsxWriter#287 | mended
list_longer_than_a_cell | jmcnamara/XlsxWriter#372 | mended
names_that_look_like_something_else | jmcnamara/XlsxWriter#461, jmcnamara/XlsxWriter#30 | passed at once
workbook_under_another_ending | jmcnamara/XlsxWriter#1084 | mended
letters_composed_and_not | chung-leong/zielono#50 | mended
"""
