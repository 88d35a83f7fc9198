"""Shifts: how many crews a line runs, when they join, how long they stay, who is there to staff them."""

from __future__ import annotations

from functools import cache, partial

import numpy as np

from optimizer.plan.plan import Check
from optimizer.verify.book import Book
from optimizer.verify.facts import Facts
from optimizer.verify.tally import BoolArray, FloatArray, Tally, largest


def crews_at_work(book: Book) -> BoolArray:
    """Return whether crew k runs in a period: L, K, T. Crews climb in order: k runs if shifts > k."""
    return np.asarray(book.shifts[:, None, :] > np.arange(book.facts.depth)[None, :, None], dtype=bool)


def block_shifts(book: Book) -> FloatArray:
    """Return the shifts of each line by review block with the opening state first: L, 1 + B.

    Of the block in which a line opens they are those from the opening on.
    """
    opening = np.asarray([line.shifts_now for line in book.facts.lines], dtype=float)
    return np.concatenate([opening[:, None], np.maximum.reduceat(book.shifts, book.facts.block_first, axis=1)], axis=1)


def joinings(book: Book) -> tuple[BoolArray, BoolArray]:
    """Return which crews join and which leave at the beginning of each block: L, K, B each.

    A crew joins in block b when it runs in b and not in b - 1; block 0 is compared with the shifts
    worked before the start. Crews there at the start have no joining event.
    """
    steps = np.arange(book.facts.depth)[None, :, None]
    run = block_shifts(book)[:, None, :] > steps
    exists = steps < book.facts.steps[:, None, None]
    return run[:, :, 1:] & ~run[:, :, :-1] & exists, run[:, :, :-1] & ~run[:, :, 1:] & exists


def crew_losses(book: Book) -> FloatArray:
    """Return months of output lost while crews that joined ramp up, before their share: L, K, T.

    Loss of a crew that joins at month a: sum over j of (1 - ramp-up share j) x months of the period
    in [a + j, a + j + 1). Lines opened by a project have none: its own ramp-up includes it.
    """
    facts = book.facts
    profile = cache(lambda name, begin: _loss(facts, facts.network.profile(name), begin))
    losses = np.zeros((len(facts.lines), facts.depth, facts.count))
    joins, _ = joinings(book)
    for position, k, b in np.argwhere(joins & facts.existing[:, None, None]):
        ramp = facts.lines[position].steps[k].ramp_up
        if ramp:
            losses[position, k] += profile(ramp, int(facts.block_begins[b]))
    return losses


def _loss(facts: Facts, ramp: tuple[float, ...], begin: int) -> FloatArray:
    return sum(
        ((1 - share) * facts.months(begin + j, begin + j + 1) for j, share in enumerate(ramp)),
        start=np.zeros(facts.count),
    )


def shifts_fit_the_ladder(book: Book) -> Check:
    """Check 0 <= shifts <= steps of the ladder, at least 1 on an existing line that may not idle.

    Shifts are constant within a review block, from the opening on if a line opens in it, and a crew of an existing
    line joins no earlier than its hiring months after the start.
    """
    facts, tally = book.facts, Tally("shifts_fit_the_ladder", "shifts")
    shifts, worked = book.shifts, block_shifts(book)[:, 1:]

    def say(position: int, t: int, why: str) -> str:
        return f"{facts.line_names[position]} works {shifts[position, t]:g} shifts in {facts.label(t)}, {why}"

    tally.each(shifts - facts.steps[:, None], lambda n, t: say(n, t, f"but its ladder has {facts.steps[n]}"))
    least = np.asarray([not line.project and not line.may_idle for line in facts.lines], dtype=float)
    tally.each(least[:, None] - shifts, lambda n, t: say(n, t, f"but at least {least[n]:g} must be worked"))
    moved = np.where(book.opens[:, None] < facts.ends, np.abs(shifts - worked[:, facts.blocks]), 0.0)
    tally.each(moved, lambda n, t: say(n, t, f"but {worked[n, facts.blocks[t]]:g} in the same review block"))
    joins, _ = joinings(book)
    hiring = np.zeros((len(facts.lines), facts.depth))
    for position, line in enumerate(facts.lines):
        hiring[position, : len(line.steps)] = [0 if line.project else step.hiring_months for step in line.steps]
    early = np.where(joins, hiring[:, :, None] - facts.block_begins, 0.0)
    tally.each(
        early,
        lambda n, k, b: say(
            n,
            int(facts.block_first[b]),
            f"but hiring crew {k + 1} takes {hiring[n, k]:g} months from the start",
        ),
        where=joins,
    )
    return tally.check()


def crews_stay(book: Book) -> Check:
    """Check that a crew that joins at month a runs in every block that begins before a + minimum stay."""
    facts, tally = book.facts, Tally("crews_stay", "shifts")
    joins, _ = joinings(book)
    shifts = block_shifts(book)[:, 1:]
    for position, k, b in np.argwhere(joins):
        stay, joined = facts.lines[position].steps[k].minimum_stay, facts.block_begins[b]
        due = (facts.block_begins >= joined) & (facts.block_begins < joined + stay)
        gone = due & (shifts[position] <= k)
        crew = f"crew {k + 1} of {facts.line_names[position]} joins in {facts.date(int(joined))}"
        missing = facts.date(int(facts.block_begins[gone][0])) if gone.any() else ""
        tally.must(not gone.any(), f"{crew} for at least {stay} months but is gone in {missing}")
    return tally.check()


def people_needed(book: Book, member: str) -> FloatArray:
    """Return the people in the crews of a member's lines: people x shifts, B."""
    mine = np.asarray([line.member == member for line in book.facts.lines], dtype=bool)
    people = np.asarray([line.people for line in book.facts.lines], dtype=float)
    needed = (people[mine, None] * block_shifts(book)[mine, 1:]).sum(axis=0)
    return np.asarray(needed, dtype=float)


def people_in_training(book: Book, member: str) -> FloatArray:
    """Return the people hired whose training is not over when a block begins, B."""
    facts, hired = book.facts, book.people[member][0]
    ready = facts.block_begins + facts.network.members[member].training_months
    learning = (facts.block_begins[None, :] <= facts.block_begins[:, None]) & (
        ready[None, :] > facts.block_begins[:, None]
    )
    return np.asarray(learning.astype(float) @ hired, dtype=float)


def people_there(book: Book, member: str) -> FloatArray:
    """Return the people of a member who can work, trainers included, when each block begins, B.

    Month by month: who ends a training comes, who is let go leaves; over the month a share quits and some are added.
    """
    facts, row = book.facts, book.facts.network.members[member]
    learning = people_in_training(book, member) if row.hires else np.zeros(len(facts.block_begins))
    hired, left = book.people[member] if row.hires else (np.zeros_like(learning), np.zeros_like(learning))
    trained = hired - np.diff(learning, prepend=0.0)
    there, pool = np.zeros_like(learning), row.people_available or 0.0
    for b, begins in enumerate(facts.block_begins):
        pool += trained[b] - left[b]
        there[b] = pool
        for _ in range(begins, facts.block_begins[b + 1] if b + 1 < len(there) else begins):
            pool = pool * (1 - row.quitting) + row.people_added
    return there


def people_are_hired_as_allowed(book: Book) -> Check:
    """Check people hired when a block begins <= people hired per month x its months, by who hires; let go, too."""
    facts, tally, frame = book.facts, Tally("people_are_hired_as_allowed", "people"), None
    if book.people or "people" in book.plan.tables:
        frame = book.frame("people")
        begins = {int(month) for month in facts.block_begins}
        for member, month in zip(frame["member"], frame["month"], strict=True):
            tally.must(member in book.people, f"people of {member} are hired or leave, though nobody may there")
            tally.must(
                int(month) in begins, f"people of {member} move in {facts.date(int(month))}, within a review block"
            )
    months = np.add.reduceat(facts.lengths, facts.block_first)
    for member, (hired, left) in book.people.items():
        row = facts.network.members[member]
        for verb, moved, limit in (("hires", hired, row.people_hired), ("lets go", left, row.people_let_go)):
            if limit is not None:
                most = limit * months
                say = partial(_say_moved, facts, member, verb, moved, most)
                tally.each(moved - most, say, size=largest(hired, most, left))
    return tally.check()


def _say_moved(facts: Facts, name: str, verb: str, moved: FloatArray, most: FloatArray, b: int) -> str:
    begins = facts.date(int(facts.block_begins[b]))
    return f"{name} {verb} {moved[b]:g} people in {begins}, at most {most[b]:g} may be"


def people_are_there(book: Book) -> Check:
    """Check people x shifts over a member's lines + those who train others <= people there when a block begins.

    Hired people count in the first block that begins so long after they were hired as their training takes.
    """
    facts, tally = book.facts, Tally("people_are_there", "shifts")
    for name, member in facts.network.members.items():
        if member.people_available is None:
            continue
        needed, there = people_needed(book, name), people_there(book, name)
        if member.hires:
            needed = needed + member.trainers * people_in_training(book, name)
        tally.each(needed - there, partial(_say_people, facts, name, needed, there), size=largest(needed, there))
    return tally.check()


def _say_people(facts: Facts, name: str, needed: FloatArray, there: FloatArray, b: int) -> str:
    begins = facts.date(int(facts.block_begins[b]))
    who = "crews and trainers" if facts.network.members[name].trainers else "crews"
    return f"{who} of {name} take {needed[b]:g} people in {begins} but {there[b]:g} are available"


def crews_need_an_open_line(book: Book) -> Check:
    """Check that a line opened by a project works no shifts in periods that end before it opens."""
    facts, tally = book.facts, Tally("crews_need_an_open_line", "shifts")
    closed = book.opens[:, None] >= facts.ends

    def say(position: int, t: int) -> str:
        line, shifts = facts.lines[position], book.shifts[position, t]
        return f"{line.name} works {shifts:g} shifts in {facts.label(t)} before {line.project} opens it"

    tally.each(np.where(closed, book.shifts, 0.0), say, where=~facts.existing[:, None])
    return tally.check()


def opened_lines_are_staffed(book: Book) -> Check:
    """Check that a line opened inside a review block works exactly one shift in the rest of it.

    No more than one where the project is committed: nobody chose the month.
    """
    facts, tally = book.facts, Tally("opened_lines_are_staffed", "shifts")
    shifts = block_shifts(book)[:, 1:]
    for position, line in enumerate(facts.lines):
        opens = book.opens[position]
        b = int(np.searchsorted(facts.block_begins, opens, side="right")) - 1
        inside = b >= 0 and opens < facts.horizon and opens > facts.block_begins[b]
        if line.project and inside:
            given = facts.network.projects[line.project].status == "committed"
            began = facts.date(int(opens))
            text = f"{line.name} is opened in {began} and works {shifts[position, b]:g} shifts then, not one"
            tally.must(shifts[position, b] == 1 or (given and shifts[position, b] == 0), text)
    return tally.check()
