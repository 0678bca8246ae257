"""Which folders and labels hold mail that was not sent: drafts, spam, deleted mail, chats."""

from __future__ import annotations

import re

_NAMES = """
drafts, draft, entwürfe, entw&apw-rfe, brouillons, borradores, concepten, bozze, rascunhos, utkast,
kladder, luonnokset, szkice, wersje robocze, черновики, 下書き, 草稿
spam, junk, junk e-mail, junk email, junk mail, junk-e-mail, bulk mail, spamverdacht, indésirables
courrier indésirable, pourriel, correo no deseado, ongewenst, ongewenste e-mail, spamverdächtig
posta indesiderata, lixo eletrônico, skräppost, спам, 迷惑メール, 垃圾邮件
trash, bin, deleted, deleted items, deleted messages, papierkorb, gelöscht, gelöschte elemente
gel&apy-schte elemente, corbeille, éléments supprimés, papelera, elementos eliminados, prullenbak
verwijderde items, cestino, posta eliminata, lixeira, itens excluídos, papperskorgen, roskakori
kosz, корзина, ゴミ箱, 已删除邮件
chat, chats, templates, vorlagen, modèles, plantillas, sjablonen, modelli, unsent messages
"""
_ASIDE = frozenset(name.strip() for name in re.split("[,\n]", _NAMES) if name.strip())
_ENDS = re.compile(r"\.(?:mbox|mbx|sbd|zip)$", re.IGNORECASE)


def is_aside(name: str) -> bool:
    """Whether a folder or label of this name holds what was not sent, in any common language."""
    return " ".join(_ENDS.sub("", name.strip().strip('"')).casefold().split()) in _ASIDE


def any_aside(path: str) -> bool:
    """Whether a part of `path` is such a folder; a Maildir's `.INBOX.Drafts` counts."""
    return any(
        is_aside(part) or (part.startswith(".") and any(map(is_aside, part.split("."))))
        for part in path.split("/")
    )
