"""Global ids: the base64 form of `Type:id`."""

import base64
import binascii


def encode_id(type_name: str, entity_id: str) -> str:
    return base64.urlsafe_b64encode(f"{type_name}:{entity_id}".encode()).decode()


def decode_id(type_name: str, global_id: str) -> str | None:
    """Return the id of an entity of that type, or None for anything else."""
    try:
        found, _, entity_id = base64.urlsafe_b64decode(global_id).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return entity_id if found == type_name else None


def encode_step_id(step_id: str) -> str:
    return encode_id("BookingFlowStep", step_id)
