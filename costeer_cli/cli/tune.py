"""`costeer tune`: how strongly to steer, found on a person's own texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from costeer_cli.cli.common import counted, note, print_json
from costeer_cli.cli.opening import chosen_account, open_default, open_model
from costeer_cli.cli.progress import bar
from costeer_cli.cli.voices import chosen_profile, usual_policy
from costeer_cli.errors import UsageError

if TYPE_CHECKING:
    from costeer_cli.evaluation.people import Trials
    from costeer_cli.evaluation.run import Bench
    from costeer_cli.evaluation.tuning import Tuned
    from costeer_cli.personal.profile import Profile
    from costeer_cli.steering.policy import Policy
    from costeer_cli.store.database import Store


def tune(
    dataset: Annotated[
        Path | None,
        typer.Argument(help="A CoGenesis, LaMP or LongLaMP file; without it, your own history."),
    ] = None,
    profile: Annotated[str | None, typer.Option("--profile", "-p", help="Whose voice.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=4, help="Most texts.")] = 20,
    read_tokens: Annotated[int, typer.Option(min=1, help="How much of each is read.")] = 100,
    context_tokens: Annotated[
        int, typer.Option(help="Most the local model reads about the writer.")
    ] = 1000,
    cloud: Annotated[
        str | None, typer.Option(help="A model that stands in for the cloud in this process.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="The local model.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Store it, even where it may be no better.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what was found; store nothing.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Find how strongly your context should steer, and keep it in your profile.

    Texts you wrote are read with many strengths; the one that finds them likeliest is taken, and
    judged by texts it was not found on. All of it happens on this machine. It is stored where it
    is better than what the profile says, beyond chance.
    """
    with open_default() as store:
        trials, person = _trials(store, dataset, profile, limit)
        bench = _bench(person, cloud, model, read_tokens, context_tokens)
        usual = usual_policy(person)
        found = _tuned(bench, trials, usual)
        if json:
            print_json({"tuned": _as_json(found, bench)})
        else:
            _tell(found)
        if person is None or dry_run:
            note("Nothing was stored.")
        elif not (found.sure or force):
            note("That may be chance, so nothing was stored. Store it anyway with --force.")
        else:
            _keep(store, person, found.values)


def _trials(
    store: Store, dataset: Path | None, name: str | None, limit: int
) -> tuple[Trials, Profile | None]:
    """The texts, and whose profile what is found belongs to: nobody's for a data set."""
    from costeer_cli.evaluation.people import of_file, of_history
    from costeer_cli.personal.library import Library

    if dataset is not None:
        if name is not None:
            raise UsageError("The people of a data set have profiles of their own: no --profile.")
        return of_file(dataset, limit), None
    person = chosen_profile(store, name)
    if person is not None and Library(store).origin(person.name) == "ready-made":
        raise UsageError(
            f"The profile {person.name} is ready-made, and somebody else's.",
            hint="Make your own first: costeer profile create NAME",
        )
    return of_history(store, person, limit), person


def _bench(
    person: Profile | None, cloud: str | None, model: str | None, tokens: int, context: int
) -> Bench:
    from costeer_cli.evaluation.run import Bench, Settings
    from costeer_cli.privacy.outbound.door import embedded_cloud

    if cloud is None:
        account = chosen_account(_default(person, "provider"))
        if account is not None:
            raise UsageError(
                f"{account.name} cannot score your texts without being sent them.",
                hint="Name a model of this machine that stands in for it: --cloud MODEL",
            )
    local = open_model(model or _default(person, "model"))
    near = open_model(cloud) if cloud else local
    settings = Settings(0, tokens, context)
    return Bench(local, embedded_cloud(near), near, lambda *_: None, settings)


def _tuned(bench: Bench, trials: Trials, usual: Policy) -> Tuned:
    from costeer_cli.evaluation.run import weigh
    from costeer_cli.evaluation.tuning import held, thinned
    from costeer_cli.evaluation.tuning import tune as find

    readings, most = [], held(len(trials.all) * bench.settings.gold_tokens)
    with bar("your texts") as progress:
        for done, trial in enumerate(trials.all):
            progress("Reading", done, len(trials.all))
            readings.append(thinned(weigh(bench, trial), most))
        progress("Reading", len(trials.all), len(trials.all))
        return find(readings, usual, lambda done, of: progress("Weighing", done, of))


def _keep(store: Store, person: Profile, values: dict[str, float]) -> None:
    from costeer_cli.personal.defaults import with_defaults

    rounded = {name: round(value, 3) for name, value in values.items()}
    made = with_defaults(person.toml, f"The profile {person.name}", rounded)
    store.profiles.put(person.name, made)
    note(f"Stored in {person.name}; see: costeer profile show {person.name}")


def _tell(found: Tuned) -> None:
    for name, value in found.values.items():
        low, high = found.ranges[name]
        typer.echo(f"{name}: {value:.2f} (95%: {low:.2f} to {high:.2f})")
    typer.echo(
        f"NLL per token on {counted(found.texts, 'text')} it was not found on: the cloud alone"
        f" {found.alone:.3f}, so far {found.usual:.3f}, tuned {found.tuned:.3f}"
    )
    gain = found.gain
    assert gain.low is not None
    assert gain.high is not None
    typer.echo(f"gain over so far: {gain.value:+.3f} (95%: {gain.low:+.3f} to {gain.high:+.3f})")


def _as_json(found: Tuned, bench: Bench) -> dict[str, Any]:
    return {
        "values": found.values,
        "ranges": {name: list(ends) for name, ends in found.ranges.items()},
        "nll": {"cloud": found.alone, "usual": found.usual, "tuned": found.tuned},
        "gain": found.gain.value,
        "gain_ci": [found.gain.low, found.gain.high],
        "sure": found.sure,
        "texts": found.texts,
        **bench.describe(),
    }


def _default(person: Profile | None, key: str) -> Any:
    return person.defaults.get(key) if person else None
