import pytest
from pydantic import ValidationError

from app.domain.service_selection.graph import AnswerDisplay


@pytest.mark.parametrize("icon", ["no-such-icon", "", "Flame", "<svg>"])
def test_icon_of_an_answer_is_a_lucide_icon(icon: str) -> None:
    assert AnswerDisplay(icon="flame").icon == "flame"
    with pytest.raises(ValidationError):
        AnswerDisplay(icon=icon)
