"""What WhatsApp writes in the place of words: files left out, deletions, edits, places."""

from __future__ import annotations

import re

_OWN_LINE = "\u200e"  # before every line that WhatsApp itself wrote, in newer exports
_SIGNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LEFT_OUT = re.compile(
    # Android puts one phrase between angle brackets, in every language
    r"<\s?[^<>\n]{3,60}>"
    r"|(?:image|video|audio|sticker|gif|document|contact card|video note|voice message) omitted"
    r"|(?:bild|video|audio|sticker|gif|dokument|kontaktkarte|videonachricht)"
    r" (?:weggelassen|ausgelassen|nicht enthalten)"
    r"|(?:imagen|v[ií]deo|audio|sticker|gif|documento|tarjeta de contacto) omitid[oa]"
    r"|(?:image|vid[ée]o|audio|sticker|gif|document|fiche contact) (?:absente?|omise?)"
    r"|(?:immagine|video|audio|sticker|gif|documento|scheda contatto) omess[oa]"
    r"|(?:imagem|v[ií]deo|[áa]udio|figurinha|sticker|gif|documento|cart[ãa]o de contato)"
    r" (?:ocultad|omitid)[oa]"
    r"|(?:afbeelding|video|audio|sticker|gif|document|contactkaart) weggelaten"
    r"|(?:изображение|видео|аудио|стикер|gif|документ) (?:пропущено|отсутствует|опущен[оа]?)"
    r"|(?:görüntü|video|ses|çıkartma|gif|belge) dahil edilmedi"
    r"|live location shared|null",
    re.IGNORECASE,
)
_DELETED = re.compile(
    r"(?:this message was deleted|you deleted this message|this message was deleted by admin .*"
    r"|diese nachricht wurde gelöscht|du hast diese nachricht gelöscht"
    r"|(?:se eliminó este mensaje|este mensaje fue eliminado|eliminaste este mensaje)"
    r"|ce message a été supprimé|vous avez supprimé ce message"
    r"|questo messaggio è stato eliminato|hai eliminato questo messaggio"
    r"|(?:mensagem apagada|(?:essa|esta) mensagem foi apagada|(?:você apagou|apagou) esta mensagem)"
    r"|dit bericht is verwijderd|(?:je|u) hebt dit bericht verwijderd"
    r"|(?:данное|это) сообщение (?:было )?удалено|вы удалили (?:данное|это) сообщение"
    r"|bu mesaj silindi|bu mesajı sildiniz|wiadomość została usunięta|usunięto tę wiadomość"
    r"|このメッセージは削除されました|此訊息已刪除|此消息已删除"
    r"|삭제된 메시지입니다|تم حذف هذه الرسالة"
    r"|(?:missed|silenced) (?:voice|video) call.*|verpasster (?:sprach|video)anruf.*"
    r"|llamada perdida.*|appel (?:vocal|vidéo) manqué.*|chiamata (?:vocale|video) persa.*"
    r"|waiting for this message.*)[.。]?",
    re.IGNORECASE,
)
_EDITED = re.compile(
    r"\s*<[^<>\n]*(?:edit|bearbeit|modif|bewerk|измен|отредакт|düzenle|redig|muokat|編集|编辑|編輯"
    r"|수정|تعديل|נערכ)[^<>\n]*>\s*\Z",
    re.IGNORECASE,
)
_ATTACHED = re.compile(r"<[^<>\n:：]{2,30}\s?[:：]\s?[^<>\n]+\.\w{2,5}>")
_FILE = re.compile(
    r"(?:\S+\.\w{2,5} \([^()\n]{4,40}\)"
    r"|[^\n]+\.\w{2,5} \((?:file attached|datei angehängt|archivo adjunto|fichier joint"
    r"|file allegato|(?:arquivo|ficheiro) anexado|bestand bijgevoegd|файл добавлен"
    r"|dosya ekli|plik załączony)\))",
    re.IGNORECASE,
)
_PLACE = re.compile(r"[^:\n]{3,40}: https://(?:maps\.google\.com|goo\.gl/maps)/\S*", re.IGNORECASE)
# Android's exports put no sign before a poll: its question was typed, its frame was not.
_POLL = re.compile(r"[^\W\d_]{3,15}:\n(.+)(?:\n[^\W\d_]{3,15}: .+ \(\d+ [^()\n]+\))+")


def typed(text: str) -> str:
    """What of a message was typed; '' where nothing was.

    Args:
        text: what follows the sender's name, all its lines.
    """
    text = _ATTACHED.sub("", _EDITED.sub("", text))
    if poll := _POLL.fullmatch(text.strip()):
        text = poll[1]
    kept = [line for line in text.split("\n") if not _written_by_whatsapp(line)]
    return _SIGNS.sub("", "\n".join(kept)).strip()


def _written_by_whatsapp(line: str) -> bool:
    if line.startswith(_OWN_LINE):
        return True
    bare = _SIGNS.sub("", line).strip()
    marks = (_LEFT_OUT, _DELETED, _FILE, _PLACE)
    return any(mark.fullmatch(bare) for mark in marks)
