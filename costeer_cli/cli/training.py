"""What an expert of a profile is made of, for the commands that train or merge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from costeer_cli.cli.progress import spinner

if TYPE_CHECKING:
    from costeer_cli.experts.course import Course
    from costeer_cli.models.language_model import LanguageModel
    from costeer_cli.personal.profile import Profile
    from costeer_cli.privacy.vault.vault import Vault
    from costeer_cli.store.database import Store


def course_of(store: Store, person: Profile | None, local: LanguageModel, seed: int) -> Course:
    """The training of a profile's expert, on texts with placeholders.

    Raises:
        UsageError: there is too little text.
        StoreError: the vault cannot be written.
    """
    from costeer_cli.experts.course import Course
    from costeer_cli.experts.training import Settings
    from costeer_cli.privacy.outbound.door import INSTRUCTIONS

    mask = _vault(store, person).mask
    settings = Settings(seed=seed)
    return Course(store, person, local, settings, INSTRUCTIONS, lambda text: mask(text).text)


def _vault(store: Store, person: Profile | None) -> Vault:
    """The vault with all that is private in the history, so that no value of it is learned."""
    from costeer_cli.privacy.vault.filling import scan, vault_for

    with spinner("Looking for private values") as tell:
        scan(store, lambda done, total: tell(f"Looking for private values, {done} of {total}"))
    people = [*store.identity.list()]
    if person is None:
        return vault_for(store, people=people)
    people += [*person.identity_names, *person.identity_emails]
    return vault_for(
        store, people=people, protected=person.protected, texts=[one.text for one in person.texts]
    )
