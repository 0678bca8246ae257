"""Histories of people who do not exist, long enough to learn from, in three languages."""

from __future__ import annotations

from collections.abc import Sequence

from costeer_cli.store.document import Document

TOM = [
    "Hi Anna,\n\nHonestly, the boiler is a lovely colour but it doesn't work. I've rung the"
    " plumber twice, he's not picking up. To be fair to him, it is August."
    " {}",
    "Hi Ruth,\n\nThe centre was packed and I couldn't find the favourite aisle for biscuits. {}"
    " It's"
    " a mystery how anybody organises a shop like that, to be fair to everyone in it.",
    "Hi both,\n\n{} We don't need more than two chairs. Honestly, I'd rather stand, and I'm sure"
    " the neighbours will lend us some. The rumours about cake aren't true.",
    "Anna,\n\nI haven't seen the programme you meant. {} Honestly, the theatre bores me, but it's"
    " warm inside and they don't mind if you sleep through the second half of it.",
]
WHO = ["Mia", "Lou", "Ada", "Kim", "Noa", "Ida", "Eva"]
TOLD = [
    "I work as a night nurse at the infirmary in Leeds.",
    "My sister Joan lives in Whitby with three cats.",
    "I'm working late today, so start without me.",
    "We live in a terraced house behind the station.",
    "I never eat anything with a face.",
    "Do I live in a zoo or what?",
    "If I work as a clown one day, stop me.",
    "My brother is coming tomorrow at 10:30.",
]
POST = (
    "The allotment in {} was quieter than usual, and the beans had climbed past every pole that I"
    " had given them in spring. I sat on the bench for most of an afternoon and thought about what"
    " my grandfather would have said, which is that beans do not care about poles, and that people"
    " who measure beans have too much time. Then the rain came over the railway bridge, slowly at"
    " first, and everybody who had been pretending to dig ran for the shed with the good roof!"
)


def english() -> list[Document]:
    """Tom's mails, from 2019 on, and some posts of his that are longer."""
    mails = [
        Document(
            text=TOM[(n + n // 8) % 4].format(f"{TOLD[n % 8]} It is parcel {n}."),
            source="mbox",
            native_id=f"mail-{n}",
            kind="email",
            signature="Cheers,\nTom",
            created_at=f"20{19 + n % 6}-0{1 + n % 9}-15T10:00:00+00:00",
            tags=("work",) if n % 2 else (),
        )
        for n in range(24)
    ]
    months = ["January", "February", "March", "April", "May", "June", "July", "August"]
    posts = [
        Document(
            text=POST.format(f"{month}, week {n} of them,"),
            source="markdown",
            native_id=month,
            kind="post",
            created_at=f"2022-0{n + 1}-01T00:00:00+00:00",
        )
        for n, month in enumerate(months)
    ]
    return mails + posts


def german() -> list[Document]:
    """Jana's messages to friends."""
    return _made(
        [
            "Liebe {who},\n\ndas mit dem Zug war halt wieder nichts. {} Ehrlich, ich habe dir doch"
            " gesagt, dass die Bahn eben so ist, und du hast gelacht. Es ist mir wirklich egal,"
            " ob wir dann"
            " eine Stunde später essen 😊!\n\nLiebe Grüße\nJana",
            "Liebe {who},\n\n{} Du weißt ja, wie das bei uns halt ist: der eine kommt, der andere"
            " geht, und am Ende sitzen doch alle in der Küche. Ich bringe dir die Gläser mit,"
            " die du mir"
            " ehrlich nicht glauben wolltest!\n\nLiebe Grüße\nJana",
        ],
        [
            "Ich arbeite seit drei Jahren als Tischlerin in Freiburg.",
            "Meine Schwester Lea wohnt in Basel und spielt Geige.",
            "Wir wohnen in einer alten Mühle am Bach.",
            "Ich arbeite heute leider bis acht.",
            "Ich bin Vegetarierin, das war schon immer so.",
        ],
        "Es ist das Paket",
    )


def french() -> list[Document]:
    """Léa's mails to people she does not know well."""
    return _made(
        [
            "Bonjour {who},\n\nJe vous remercie de votre message et je suis désolée pour ce"
            " retard, franchement. {} Nous avons bien noté que la réunion est dans la grande salle,"
            " et que vous avez besoin de deux tables.\n\nBien cordialement,\nLéa",
            "Bonjour {who},\n\n{} Il me semble, franchement, que les clés sont avec le dossier"
            " sur la"
            " table de votre collègue, mais elle est dans une autre ville pour un mois, et je"
            " ne peux pas"
            " les prendre sans vous.\n\nBien cordialement,\nLéa",
        ],
        [
            "Je travaille comme bibliothécaire à Nantes.",
            "Ma sœur est infirmière et habite à Rennes.",
            "J'habite à côté du canal depuis dix ans.",
            "Je travaille à la maison demain.",
        ],
        "C'est le colis",
    )


def _made(frames: Sequence[str], told: Sequence[str], parcel: str) -> list[Document]:
    return [
        Document(
            text=frames[n % len(frames)].format(
                f"{told[n % len(told)]} {parcel} {n}.", who=WHO[n % 7]
            ),
            source="mbox",
            native_id=f"mail-{n}",
            kind="email",
            created_at=f"202{n % 5}-03-0{1 + n % 9}T00:00:00+00:00",
        )
        for n in range(28)
    ]
