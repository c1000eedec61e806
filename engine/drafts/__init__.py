"""Rules and tables that are being written and not saved to the region yet; saving is one act, undone by one."""

from engine.drafts.kept import Draft, Drafts, KeptMeanwhile
from engine.drafts.saved import ChangedMeanwhile, Saved, changed_since, is_something_saved, last_saved, save, undo
from engine.drafts.stands import is_rules

__all__ = [
    "ChangedMeanwhile", "Draft", "Drafts", "KeptMeanwhile", "Saved", "changed_since", "is_rules", "is_something_saved",
    "last_saved", "save", "undo",
]  # fmt: skip
