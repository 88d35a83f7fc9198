"""What pyproject.toml cannot say: the example workbooks, kept once in `data`, go into the package."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithExamples(build_py):
    """Copy the example workbooks beside the module that finds them; an editable install finds them in `data`."""

    def run(self) -> None:
        """Build the package, then add them."""
        super().run()
        if not self.editable_mode:
            folder = Path(self.build_lib, "optimizer", "examples")
            for workbook in sorted(Path("data").glob("*.xlsx")):
                self.copy_file(str(workbook), str(folder / workbook.name))


setup(cmdclass={"build_py": WithExamples})
