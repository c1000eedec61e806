"""What is true of a function on every engine and for every check: its law, which stands beside its signature."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Takes(Enum):
    """Of what types and units its arguments are, and its value."""

    ORDERED = auto()
    """Numbers, dates or months, all alike."""
    NUMBERS = auto()
    """Numbers, all of one unit."""
    ALIKE = auto()
    """Anything, all alike."""
    TWO_ALIKE = auto()
    """Two that are alike, or none; the value is yes or no."""
    CHOICE = auto()
    """A condition, then two that are alike."""
    NUMBER = auto()
    """A number, and perhaps how many of its digits are kept, written out (:attr:`Law.places`)."""
    DATES = auto()
    """Two dates."""
    DATES_AND_CALENDAR = auto()
    """Two dates, and the yes/no field of a calendar."""
    DATE_OR_MONTH = auto()
    YEAR_AND_MONTH = auto()
    """A year and a month, or a date."""
    REASON = auto()
    """A text."""
    NAME_AT_KEYS = auto()
    GRAIN = auto()
    """A grain whose rows are counted: nothing is read on them."""
    NUMBERS_BELOW = auto()
    """A number on each of the rows below."""
    NUMBERS_BELOW_AND_SHARE = auto()
    """The same, and a pure number from 0 to 1."""
    ORDERED_BELOW = auto()
    """A number, date or month on each of the rows below."""
    ANYTHING_BELOW = auto()
    RANKED = auto()
    """A number, date or month on the rows of a group, and which end is first."""
    ANYTHING_IN_ORDER = auto()
    """What is read on the rows of a group, which says what orders them."""
    NUMBERS_IN_ORDER = auto()
    FIRST_AND_LATER = auto()
    """What is read on the first row of a group, and on each later one, where what came of the row before is known."""
    NAME_BEFORE = auto()
    """A name, and what it is in the first period."""
    BANDS = auto()
    """A decision table, and the column that runs through its bands."""
    POOL_AND_WEIGHT = auto()


class Decimals(Enum):
    """How many decimals the value can have."""

    MOST = auto()
    """As many as the argument that has most."""
    BRANCHES = auto()
    """As many as the argument that has most, the first (a condition) left out."""
    FIRST = auto()
    """No more than the first argument."""
    PRODUCT = auto()
    """As many as the first and the second argument together."""
    PLACES = auto()
    """As the last argument says; none where it is left out."""
    WHOLE = auto()
    FEN = auto()
    ROUNDED = auto()
    """As its 舍入 says."""
    ENDLESS = auto()
    """Without a last one."""
    NO_NUMBER = auto()


class Absence(Enum):
    """Why there may be no value."""

    ANY = auto()
    """One of the arguments is absent."""
    FIRST_TWO = auto()
    """One of the first two arguments is absent; what the third names is read elsewhere."""
    ALL = auto()
    """All arguments are absent."""
    BRANCH = auto()
    """The argument that a condition chooses is absent."""
    NEVER = auto()
    NO_ROWS = auto()
    """There is no row."""
    UNDER_TWO_ROWS = auto()
    """There are less than two rows."""
    NOT_RANKED = auto()
    """The row does not take part."""
    FIRST_ROW = auto()
    """No row stands before."""
    ALONG = auto()
    """There may be none on the first row or on a later one, or the row has no place in the order."""
    FIRST_PERIOD = auto()
    """No period came before."""
    NO_ROW = auto()
    """There is no row at those keys, or it has no value."""


class Reach(Enum):
    """What is read beside the arguments."""

    ROW = auto()
    """Nothing: the value follows from the arguments."""
    KEYS = auto()
    """The row at other keys."""
    TABLE = auto()
    """A decision table or a calendar: one and the same for all rows."""
    PERIOD = auto()
    """What the period before had."""
    BELOW = auto()
    """The rows below."""
    GROUP = auto()
    """The rows of the run in the same group."""
    GROUP_AND_BEFORE = auto()
    """The rows in the same group, those before the period too."""


class Gathering(Enum):
    """How many values become one."""

    NONE = auto()
    ADDED = auto()
    """Counted, added up, or the outermost taken."""
    AVERAGED = auto()
    """From the count and the sum."""
    SQUARED = auto()
    """From the count, the sum and the sum of squares."""
    SORTED = auto()
    """All values in order are needed."""


@dataclass(frozen=True)
class Law:
    """``places``: how few and how many digits may be asked for, where the last argument says it; ``rounding``: how a
    number is brought to so many decimals. ``label``: that of the value's unit (``types.LABELS``), where that is not the
    unit of the arguments. ``irrational``: the value is a root. ``mean``: values of it add up to nothing that means
    something. ``recurs``: of a date it tells what comes again every year. ``counts``: it is a number of rows.
    ``takes_endless``: what it gathers needs no last decimal.
    """

    takes: Takes
    decimals: Decimals
    absence: Absence
    reach: Reach = Reach.ROW
    gathering: Gathering = Gathering.NONE
    places: tuple[int, int] | None = None
    rounding: str = ""
    label: str | None = None
    irrational: bool = False
    mean: bool = False
    recurs: bool = False
    counts: bool = False
    takes_endless: bool = False

    @property
    def lazy(self) -> bool:
        """Whether not all arguments are worked out first."""
        return self.takes in (Takes.CHOICE, Takes.ALIKE, Takes.REASON)

    @property
    def looks_beyond(self) -> bool:
        """Whether more is read than the arguments."""
        return self.reach is not Reach.ROW

    @property
    def looks_at_rows(self) -> bool:
        """Whether the value rests on rows of which the row itself is one, or that stand below it or before it."""
        return self.reach in (Reach.BELOW, Reach.GROUP, Reach.GROUP_AND_BEFORE)

    @property
    def needs_rows(self) -> bool:
        """Whether there is no value over no rows."""
        return self.absence in (Absence.NO_ROWS, Absence.UNDER_TWO_ROWS)

    @property
    def reads_rows(self) -> bool:
        """Whether the first argument is read on each of the rows; else it names their grain."""
        return self.takes is not Takes.GRAIN

    @property
    def gathers(self) -> bool:
        """Whether many values become one."""
        return self.gathering is not Gathering.NONE

    @property
    def orders_rows(self) -> bool:
        """Whether the rows of a group are put in an order."""
        return self.takes in (
            Takes.RANKED,
            Takes.ANYTHING_IN_ORDER,
            Takes.NUMBERS_IN_ORDER,
            Takes.FIRST_AND_LATER,
        )

    @property
    def adds_up_group(self) -> bool:
        """Whether every row of the group has to have a value."""
        return self.reach is Reach.GROUP and self.absence is Absence.NEVER
