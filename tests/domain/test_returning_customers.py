"""What proves that a customer is known, and how little is shown of them."""

import time
from typing import Any

import pytest

from app.domain.returning_customers import MaskedCustomer, mask_customer, read_contact

ROSA: dict[str, Any] = {
    "firstName": "Rosa María",
    "last_name": "Díaz",
    "phone": "+17815550199",
    "email": "rosa.diaz@example.co.uk",
    "address": {"street": "12 Cliff St", "unit": "", "city": "Marblehead", "zip": "01945"},
}


def proofs(**values: Any) -> int:
    return len(read_contact(values).proofs())


def test_only_pairs_with_the_phone_number_prove_anything() -> None:
    assert proofs(**ROSA) == 2
    assert proofs(phone="+17815550199", email="rosa@example.com") == 1
    assert proofs(phone="+17815550199", lastName="Diaz") == 1
    assert proofs(phone="+17815550199", firstName="Rosa") == 0
    assert proofs(email="rosa@example.com", lastName="Diaz") == 0
    assert proofs() == 0


@pytest.mark.parametrize(
    "written",
    [
        {"last_name": "DIAZ"},
        {"last_name": " Di\u0301az "},
        {"phone": "+1 (781) 555-0199"},
        {"email": "Rosa.Diaz@Example.co.uk "},
    ],
)
def test_the_same_customer_is_recognised_however_they_write(written: dict[str, str]) -> None:
    assert read_contact({**ROSA, **written}) == read_contact(ROSA)


def test_the_last_word_of_a_whole_name_is_the_last_name() -> None:
    whole = {"fullName": "Rosa Díaz", "phone": ROSA["phone"]}

    assert read_contact(whole).last_name == read_contact(ROSA).last_name


@pytest.mark.parametrize("phone", ["7815550199", "+", "+1781", "call me", 17815550199, None, {}])
def test_what_is_no_phone_number_proves_nothing(phone: Any) -> None:
    assert proofs(**{**ROSA, "phone": phone}) == 0


def test_one_value_cannot_pass_for_two() -> None:
    forged = {"phone": ROSA["phone"], "lastName": "diaz\nemail\nrosa.diaz@example.co.uk"}

    assert not set(read_contact(forged).proofs()) & set(read_contact(ROSA).proofs())


def test_a_masked_customer_shows_first_letters_of_the_same_width() -> None:
    assert mask_customer(ROSA) == MaskedCustomer(
        name="R*** M*** D***",
        phone="***99",
        email="r***@e***.uk",
        address="1*** C*** S***, M***",
    )
    assert mask_customer({}) == MaskedCustomer()


def cpu_seconds(size: int) -> float:
    """Return the processor time of reading a long text that is nearly an address."""
    text = "a@" + "." * size + "@"
    started = time.process_time()
    read_contact({"notes": text, "more": "a@" + "b." * size})
    return time.process_time() - started


def test_texts_that_are_nearly_addresses_are_read_in_linear_time() -> None:
    small, large = (min(cpu_seconds(size) for _ in range(5)) for size in (2_000, 16_000))

    assert large < 24 * small
