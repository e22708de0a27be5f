"""The environment is read once, and nothing in it is silently ignored."""

import os
from pathlib import Path

import pytest

from app.settings import Environment, SettingsError, load_settings


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tuple(os.environ):
        if name.upper().startswith("SCHEDULER_"):
            monkeypatch.delenv(name)


def test_defaults_serve_a_developer_on_this_machine_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings()
    assert settings.mongodb_uri is None
    assert settings.data_dir == tmp_path / ".scheduler"
    assert settings.public_url == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("host", "public_url"),
    [
        ("0.0.0.0", "http://127.0.0.1:9001"),  # noqa: S104
        ("::1", "http://[::1]:9001"),
        ("::", "http://[::1]:9001"),
        ("example.com", "http://example.com:9001"),
    ],
)
def test_public_url_follows_host_and_port(
    monkeypatch: pytest.MonkeyPatch, host: str, public_url: str
) -> None:
    monkeypatch.setenv("SCHEDULER_HOST", host)
    monkeypatch.setenv("SCHEDULER_PORT", "9001")
    assert load_settings().public_url == public_url


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("SCHEDULER_PROT", "1", "SCHEDULER_PROT is no setting (did you mean SCHEDULER_PORT?)"),
        ("scheduler_prot", "1", "scheduler_prot is no setting (did you mean SCHEDULER_PORT?)"),
        ("SCHEDULER_PORT", "80a", "SCHEDULER_PORT='80a': "),
        ("SCHEDULER_PORT", "70000", "SCHEDULER_PORT='70000': "),
        ("SCHEDULER_GRAPHIQL", "perhaps", "SCHEDULER_GRAPHIQL='perhaps': "),
        ("SCHEDULER_PUBLIC_URL", "example.com", "SCHEDULER_PUBLIC_URL='example.com': "),
        ("SCHEDULER_DATABASE_NAME", "a.b", "SCHEDULER_DATABASE_NAME='a.b': "),
        ("SCHEDULER_ENVIRONMENT", "production", "SCHEDULER_MONGODB_URI must be set"),
        ("SCHEDULER_VENDOR_API_URL", "http://vendor.example", "vendor.example must be reached by"),
        ("SCHEDULER_VENDOR_API_URL", "vendor", "SCHEDULER_VENDOR_API_URL='vendor': "),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, named: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert str(refusal.value).startswith(f"Bad settings: {named}")
    assert "\n" not in str(refusal.value)
    assert ";" not in str(refusal.value)


def test_production_sends_no_webhooks_into_its_own_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCHEDULER_MONGODB_URI", "mongodb://db/")
    monkeypatch.setenv("SCHEDULER_WEBHOOKS_ALLOW_PRIVATE", "true")
    assert load_settings().webhooks_allow_private
    monkeypatch.setenv("SCHEDULER_ENVIRONMENT", "production")
    with pytest.raises(SettingsError, match="SCHEDULER_WEBHOOKS_ALLOW_PRIVATE must not be set"):
        load_settings()


def test_every_bad_value_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEDULER_PORT", "x")
    monkeypatch.setenv("SCHEDULER_WORKERS", "0")
    with pytest.raises(SettingsError, match=r"SCHEDULER_PORT='x'.*; SCHEDULER_WORKERS='0'"):
        load_settings()


def test_password_of_a_refused_uri_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEDULER_MONGODB_URI", "mongo://user:hunter2@db/")
    with pytest.raises(SettingsError, match="SCHEDULER_MONGODB_URI: must begin with") as refusal:
        load_settings()
    assert "hunter2" not in str(refusal.value)


def test_password_of_the_uri_is_not_in_the_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEDULER_MONGODB_URI", "mongodb://user:hunter2@db/")
    monkeypatch.setenv("SCHEDULER_ENVIRONMENT", "production")
    settings = load_settings()
    assert settings.environment is Environment.PRODUCTION
    assert "hunter2" not in repr(settings)


def test_what_helps_developers_is_off_in_production_unless_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_development = load_settings()
    monkeypatch.setenv("SCHEDULER_MONGODB_URI", "mongodb://db/")
    monkeypatch.setenv("SCHEDULER_ENVIRONMENT", "production")
    in_production = load_settings()
    monkeypatch.setenv("SCHEDULER_INTROSPECTION", "true")
    asked_for = load_settings()

    assert (in_development.graphiql, in_development.introspection) == (True, True)
    assert (in_production.graphiql, in_production.introspection) == (False, False)
    assert (asked_for.graphiql, asked_for.introspection) == (False, True)


def test_vendor_is_the_stand_in_in_development_and_none_in_production(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCHEDULER_PORT", "60000")
    environment = load_settings().vendor_environment
    monkeypatch.setenv("SCHEDULER_ENVIRONMENT", "production")
    monkeypatch.setenv("SCHEDULER_MONGODB_URI", "mongodb://db/")

    assert environment
    assert environment.api_url == environment.auth_url == "http://127.0.0.1:50000"
    assert load_settings().vendor_environment is None


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"API_URL": "https://api.vendor.example"}, "must be set together"),
        (
            {
                "API_URL": "https://api.vendor.example",
                "AUTH_URL": "https://auth.vendor.example",
            },
            "SCHEDULER_VENDOR_CIPHER_KEYS must be set",
        ),
    ],
)
def test_production_needs_the_whole_vendor(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], complaint: str
) -> None:
    monkeypatch.setenv("SCHEDULER_ENVIRONMENT", "production")
    monkeypatch.setenv("SCHEDULER_MONGODB_URI", "mongodb://db/")
    for name, value in given.items():
        monkeypatch.setenv(f"SCHEDULER_VENDOR_{name}", value)

    with pytest.raises(SettingsError, match=complaint):
        load_settings()


def test_cipher_keys_are_a_list_whose_bad_ones_are_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good = "A" * 43 + "="
    monkeypatch.setenv("SCHEDULER_VENDOR_CIPHER_KEYS", f"{good}, {good}")
    keys = load_settings().vendor_cipher_keys
    monkeypatch.setenv("SCHEDULER_VENDOR_CIPHER_KEYS", f"{good},too-short")

    assert [key.get_secret_value() for key in keys] == [good, good]
    with pytest.raises(SettingsError, match="SCHEDULER_VENDOR_CIPHER_KEYS: each") as refusal:
        load_settings()
    assert "too-short" not in str(refusal.value)
