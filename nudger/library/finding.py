"""What is wrong in prompts/, where, and how is it mended?"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nudger.domain.refusal import Refusal

MOST_SAID = 50  # lines of a refusal; `nudger prompts check` says all


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to mend. A ``warning`` is said by `nudger prompts check`, and stops nothing."""

    file: Path
    line: int
    what: str
    mend: str
    warning: bool = False

    def __str__(self) -> str:
        """As editors and people read it: where, what, and what to do."""
        return f"{self.file}:{self.line}: {self.what} – {self.mend}"


class LibraryError(Refusal):
    """The texts cannot be used as they are; all that is wrong, at once."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        said = [str(finding) for finding in self.findings[:MOST_SAID]]
        if len(self.findings) > MOST_SAID:
            said.append(f"... and {len(self.findings) - MOST_SAID} more")
        super().__init__("\n".join(said))
