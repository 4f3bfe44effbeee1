"""The settings of one process: the only reader of environment variables and of the configuration file.

Order: command-line flag, then environment (`HUANGPU_<NAME>`), then the TOML file named by `HUANGPU_CONFIG`, then the default.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

SANDBOX_PASSWORD = "huangpu-sandbox"  # noqa: S105 - printed at start, refused outside the sandbox
PASSWORD_LENGTH_MIN = 12


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a process can be told from outside.

    Units: port a TCP port; body_bytes_max bytes of one request; snapshot_entries entries between snapshots, beside the one at an
    orderly stop (0: none). `signing_key` names a PEM file with the private key by which the centre signs its messages (empty: unsigned).
    """

    data: Path = Path("huangpu-data")
    host: str = "127.0.0.1"
    port: int = 8088
    sandbox: bool = False
    name: str = "huangpu"
    operator_lei: str = ""
    operator_password: str = ""
    body_bytes_max: int = 8 * 1024 * 1024
    snapshot_entries: int = 200_000
    signing_key: str = ""


class SettingsError(Exception):
    """A setting cannot be used; names the setting, the value found and what is needed."""


def settings_from(environment: Mapping[str, str] = os.environ, **flags: object) -> Settings:
    """Collect the settings from flags, environment and file.

    Raises: SettingsError naming the unknown or unusable setting.
    """
    values: dict[str, object] = {}
    path = environment.get("HUANGPU_CONFIG")
    if path:
        values.update(tomllib.loads(Path(path).read_text(encoding="utf-8")))
    for field in msgspec.structs.fields(Settings):
        found = environment.get(f"HUANGPU_{field.name.upper()}")
        if found is not None:
            values[field.name] = found
    values.update({key: value for key, value in flags.items() if value is not None})
    values = {
        key: str(value) if isinstance(value, Path) else value for key, value in values.items()
    }
    try:
        return msgspec.convert(values, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise SettingsError(str(error)) from error


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError(kind)


def refuse_default_secrets(settings: Settings) -> None:
    """Refuse to found or open a real centre with a secret that anybody can read in the source.

    Raises: SettingsError.
    """
    if settings.sandbox:
        return
    password = settings.operator_password
    if password == SANDBOX_PASSWORD or (password and len(password) < PASSWORD_LENGTH_MIN):
        raise SettingsError(
            f"operator_password: the sandbox default or {len(password)} characters; outside the sandbox it is "
            f"your own and at least {PASSWORD_LENGTH_MIN} characters (HUANGPU_OPERATOR_PASSWORD)"
        )
