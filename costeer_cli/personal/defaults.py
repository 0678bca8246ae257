"""Writing what was tuned into a profile's [defaults]; everything else stays as it is."""

from __future__ import annotations

from collections.abc import Mapping

from costeer_cli.errors import BadInputError
from costeer_cli.personal.profile import Profile, parse_profile


def with_defaults(toml: str, origin: str, values: Mapping[str, float]) -> str:
    """`toml` with numbers of [defaults] set.

    Args:
        toml: a whole profile; comments, order and every other value are kept.
        origin: its name, for messages.
        values: by key; each replaces the one that is there.

    Raises:
        BadInputError: the profile is broken, or laid out so that nothing can be added.
    """
    import tomlkit  # noqa: PLC0415

    before = parse_profile(toml, origin)
    document = tomlkit.parse(toml)
    try:
        if "defaults" not in document:
            document["defaults"] = tomlkit.table()
        table = document["defaults"]
        for key, value in values.items():
            table[key] = float(value)
        made = tomlkit.dumps(document).rstrip("\n") + "\n"
        after = parse_profile(made, origin)
    except (ValueError, TypeError) as error:
        raise _unfit(origin) from error
    if after.defaults != before.defaults | dict(values) or _else(after) != _else(before):
        raise _unfit(origin)
    return made


def _unfit(origin: str) -> BadInputError:
    return BadInputError(
        f"{origin}: its layout leaves no place for its defaults.",
        hint="Write them as a table: [defaults], and below it: strength = 0.5",
    )


def _else(profile: Profile) -> tuple[object, ...]:
    """What must not change."""
    names = set(Profile.__dataclass_fields__) - {"defaults", "toml"}
    return tuple(getattr(profile, name) for name in sorted(names))
