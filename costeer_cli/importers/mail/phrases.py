"""How mail programs say "wrote:", "From:", "Sent from my phone" and the like, as patterns."""

from __future__ import annotations

import re

# What one short address or a moment looks like: evidence that a program wrote the line.
ADDRESS = re.compile(r"<?(?<![\w.+'-])[\w.+'-]{1,64}@[\w-]+(?:\.[\w-]+)+>?")
MOMENT = re.compile(
    r"\d(?<![\da-zA-Z]\d)(?:(?:(?<=1)9|(?<=2)0)\d\d|\d?[:.h]\d\d"
    r"|\d?[./-]\d{1,2}[./-](?:\d{2}|\d{4}))(?![\da-z])"
)

_WROTE = (  # in the languages mail programs speak
    r"wrote|writes|said|schrieb|schreibt|geschrieben|a[ \xa0]?écrit|écrit|escribió|escribio"
    r"|ha escrito|schreef|geschreven|ha scritto|scrive|escreveu|skrev|kirjoitti|napisał\(?a?\)?"
    r"|napsala?|napísala?|napisa(?:o|la)|написал\(?а?\)?|пишет?|írta|yazdı|a scris|έγραψε|đã viết"
    r"|님이 작성"
)
# "On ..., somebody wrote:", "Am ... schrieb jemand:"
ATTRIBUTION = re.compile(
    r"[*_]*(?:on|at|am|le|el|op|il|den|em|a|dnia|w dniu|dne|на|il giorno|no dia|vào)\s"
    rf".{{3,250}}?(?:{_WROTE})(?:\b|(?<=\)))[^.!?]{{0,120}}?\s?[:：][*_]*$",
    re.IGNORECASE,
)
WROTE = re.compile(rf"(?<!\w)(?:{_WROTE})(?!\w)|写道|寫道|のメール", re.IGNORECASE)
# "Somebody <address> wrote:", "Somebody wrote (date):"
NAMED = re.compile(
    rf"[^.!?:>]{{1,80}}(?:<[^>]*>\s*)?(?:{_WROTE})[^.!?]{{0,60}}\s?[:：]$", re.IGNORECASE
)
QUOTING = re.compile(
    r"(?:quoting|zitat von|zitiere|citando a?|citation de|citerar|citeert)\s.{1,120}[:：]$",
    re.IGNORECASE,
)
SINGULAR = re.compile(r"\b(?:I|ich|je|yo|ik|io|my|mein\w*)\b|\bj['’]")
FIRST_PERSON = re.compile(
    r"\b(?:I|we|ich|wir|je|nous|yo|nosotros|ik|wij|io|noi|jag|vi|eu)\b|\bj['’]", re.IGNORECASE
)

_FIELDS = {
    "from": "from|von|de|van|da|fra|från|mittente|expéditeur|remitente|afzender|absender|od|от"
    "|от кого|від|lähettäjä|kimden|gönderen|feladó|de la|από|差出人|送信者|发件人|寄件者|寄件人"
    "|보낸 ?사람",
    "date": "date|sent|gesendet|datum|message du|envoyé|envoyée|envoyé le|fecha|enviado|enviado el"
    "|enviada|enviada em|enviado em|verzonden|data|inviato|skickat|sendt|dato|wysłano|дата"
    "|отправлено|надіслано|lähetetty|päivämäärä|odesláno|odoslané|gönderildi|tarih|küldve|dátum"
    "|trimis|στάλθηκε|ημερομηνία|送信日時|日時|日付|发送时间|发送日期|日期|寄件日期|傳送時間"
    "|보낸 ?(?:날짜|시간)|날짜",
    "to": "to|an|à|pour|para|aan|a|till|til|do|komu|pro|кому|vastaanottaja|destinataire|empfänger"
    "|kime|alıcı|címzett|către|προς|宛先|收件人|收件者|받는 ?사람",
    "cc": "b?cc|kopie(?: à)?|copie(?: à)?|copia|cco|kopia|kopi|dw|reply-to|antwort an|importance"
    "|attachments?|anlagen?|priorität|wichtigkeit|抄送|副本|참조",
    "subject": "subject|betreff|objet|sujet|asunto|assunto|onderwerp|oggetto|ämne|emne|temat"
    "|тема|aihe|předmět|predmet|konu|tárgy|subiect|θέμα|件名|主题|主旨|제목",
}
FIELD = re.compile(
    r"[\s*_>]*(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _FIELDS.items())
    + r")[*_]{0,2}[ \xa0\t]?[:：][*_]{0,2}(?=\s|$)",
    re.IGNORECASE,
)

_FORWARDED = (
    r"original message|original appointment|forwarded (?:message|by .{1,60})|forwarded mail"
    r"|(?:ursprüngliche|originale?|weitergeleitete) ?(?:nachricht|e-?mail)"
    r"|message (?:d.origine|original|transféré|transmis|réexpédié|initial)"
    r"|mensaje (?:original|reenviado)|mensagem (?:original|encaminhada)"
    r"|(?:oorspronkelijk|origineel|doorgestuurd) bericht"
    r"|messaggio (?:originale|inoltrato)|inizio messaggio inoltrato"
    r"|(?:ursprungligt|vidarebefordrat) meddelande|opprinnelig melding|videresendt melding"
    r"|oprindelig meddelelse|alkuperäinen viesti|(?:wiadomość oryginalna|oryginalna wiadomość)"
    r"|(?:исходное|пересылаемое) сообщение|původní (?:zpráva|e-mail)|orijinal (?:ileti|mesaj)"
    r"|eredeti üzenet|mail original|原始邮件|转发邮件|轉寄郵件|元のメッセージ|원본 ?(?:메일|메시지)"
)
MARK = re.compile(
    rf"\s*[-–—_*]{{2,}}(?: |&nbsp;)?(?:{_FORWARDED})(?: |&nbsp;)?[-–—_*]*\s*$", re.IGNORECASE
)
FORWARD_BEGINS = re.compile(
    r"\s*(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)"
    r"|début du message (?:transféré|réexpédié)|inicio del mensaje reenviado"
    r"|begin doorgestuurd bericht|inizio messaggio inoltrato|vidarebefordrat brev"
    r"|início da mensagem (?:encaminhada|reencaminhada))\s?:?\s*$",
    re.IGNORECASE,
)
RULE = re.compile(r"\s*[-_=*~–—─━═＝＊]{5,}\s*$")
DASHED_TITLE = re.compile(r"\s*-{5,} ?[^-\d][^-]{3,40} ?-{3,}\s*$")

_DEVICE = (
    "iphone|ipad|ipod|ios|android|samsung|galaxy|blackberry|huawei|honor|xiaomi|redmi|nokia|pixel"
    "|oneplus|xperia|motorola|windows|outlook|mail|e-mail|gmail|yahoo|aol|proton|tutanota|tuta"
    "|spark|superhuman|k-9|fairemail|thunderbird|mailbird|airmail|mobile|móvil|mobiel|mobiltelefon"
    "|telefoon|telefon|phone|smartphone|handy|tablet|mailbox|hey|web.de|gmx"
)
DEVICE = re.compile(
    r"\s*[*_(\[]*(?:(?:"
    r"sent (?:from|via|with|using)|get|gesendet (?:von|mit|aus|via|über)|von (?:meinem|mein)|diese "
    r"(?:nachricht|e-mail|mail) wurde (?:von|mit)|envoyé (?:de|depuis|à partir|avec|via)|télécharge"
    r"[rz]?|obtenir|enviado (?:desde|do|de|com|mediante)|obtener|obtén|obter|verstuurd (?:vanaf|met"
    r"|via|vanuit)|verzonden (?:vanaf|met|via|vanuit)|inviato (?:da|dal|con)|ottieni|scarica"
    r"|skickat från|skickades från|sendt fra|hämta|wysłan[eo] z|отправлено (?:с|из)|lähetetty"
    r"|odesláno (?:z|pomocí)|trimis (?:de pe|din)"
    rf"|hol(?:en sie sich|e? dir)?|outlook für)\b.{{0,60}}\b(?:{_DEVICE})(?:sta|lta|[’']?\w)?\b"
    rf".{{0,70}}|(?:发自|寄自|傳送自).{{0,20}}(?:{_DEVICE}).{{0,20}}"
    rf"|(?:{_DEVICE}).{{0,20}}(?:から送信|에서 보냄|gönderildi)\W{{0,3}})$",
    re.IGNORECASE,
)

# What lists, providers and virus scanners put below a mail.
FOOTER = re.compile(
    r"\s*(?:"
    r"you received this (?:message|email|e-mail) because you are (?:subscribed|a member)"
    r"|you are receiving this (?:message |e-?mail )?because"
    r"|(?:unsubscribe|abmelden|se désinscrire|darse de baja|afmelden|cancellarsi)\W{1,3}https?://"
    r"|sie erhalten diese (?:nachricht|e-mail), weil sie"
    r"|vous recevez ce message,? car vous"
    r"|(?:has recibido|recibiste) este mensaje porque"
    r"|to unsubscribe(?: from this (?:group|list))?(?: and stop .{1,40})?,? (?:send|visit|e-?mail)"
    r"|-=-=-=-=-=-|groups\.io links|yahoo! groups links"
    r"|this (?:e-?mail|message) has been (?:checked|scanned) for viruses"
    r"|diese e-?mail wurde von avast|l.absence de virus dans ce|este correo electrónico ha sido"
    r"|questa e-?mail è stata controllata|deze e-?mail is gecontroleerd"
    r"|(?:virus-free|virenfrei|garanti sans virus|libre de virus|virusvrij|privo di virus)\b"
    r"|do you yahoo!\?|.{0,40}https?://www\.avast\.com/\S*$"
    r"|join (?:the )?zoom meeting|(?:join )?(?:on )?microsoft teams"
    r"(?:[ -](?:meeting|besprechung))?$"
    r"|this (?:e-?mail|message) was sent (?:using|with|from|via|through) "
    r"|.{1,80} is inviting you to a scheduled zoom meeting"
    r")",
    re.IGNORECASE,
)

# Below a rule: the name of a list, where it is, and how to leave it.
LIST = re.compile(
    r"(?:.{0,80}\bmailing ?liste?|.{0,60}https?://\S+/(?:mailman|listinfo|postorius)\S*)\s*$"
    r"|.{0,60}\b(?:unsubscribe|abmelden|abbestellen|désinscri\w+|se désabonner|darse de baja"
    r"|afmelden|uitschrijven|disiscri\w+|cancellarsi|avregistrera)\b",
    re.IGNORECASE,
)

# Three of these in one paragraph are a disclaimer.
_LEGAL = (
    r"confiden[ct]ial|vertraulich|confidentiel|vertrouwelijk|riservat|[ck]onfiden[tc]|poufn|důvěrn"
    r"|luottamuk|fortrolig|gizli|конфиденциальн|机密|保密|機密",
    r"privileged|rechtlich geschützt|proprietary",
    r"intended (?:solely|only|for|recipient|addressee)|solely for the|for the (?:sole )?use of"
    r"|richtige (?:adressat|empfänger)|ausschließlich für|bezeichneten adressaten"
    r"|nicht der (?:beabsichtigte|vorgesehene)"
    r"|intention exclusive|destiné|exclusivement|exclusivamente|dirigid[oa]s?|destinatari"
    r"|uitsluitend|bestemd voor|geadresseerde|esclusiv|avsed[dt]|beregnet|adresat|určen"
    r"|przeznaczon|yalnızca|предназначен|adressaten",
    r"in error|by mistake|irrtümlich|versehentlich|par erreur|por error|ten onrechte|per errore"
    r"|por engano|av misstag|ved en feil|ved en fejl|omyłk|omylem|erehdyksessä|yanlışlıkla|ошибк",
    r"notify|inform the sender|contact the sender|mit dem absender|informieren sie|avertir"
    r"|informer|comuni|afzender|darne notizia"
    r"|avisar|avvisare|meddela|underret|powiadom|upozorn|bildir|сообщ|ilmoit",
    r"delete|destroy|vernichten|löschen|détruire|supprimer|elimin|destru|borr|vernietig|verwijder"
    r"|cancell|distrugg|apagu|radera|slett|usun|usuń|smaz|poista|silin|удал",
    r"unauthori[sz]ed|unbefugt|unerlaubt|non autorisée|no autorizad|onbevoegd|non autorizzat"
    r"|prohibited|nicht gestattet|unzulässig|not permitted|interdit|prohibid|verboden|vietat|proibi"
    r"|otillåt|zabron|zakázán|запрещ|disclos|divulg|diffusi|verbreitung",
    r"liability|haftung|responsabilité|responsabilidad|aansprakelijk|responsabilità",
    r"virus|viren",
    r"attachment|anhäng|anlage|pièces jointes|adjunt|bijlage|allegat",
)
LEGAL = tuple(re.compile(words, re.IGNORECASE) for words in _LEGAL)
ABOUT_MAIL = re.compile(
    r"\b(?:e-?mails?|messages?|nachrichten?|mitteilung|mensajes?|correo|mail|bericht|e-?mailbericht"
    r"|messaggio|mensagem|communication|comunica(?:zione|ción|ção)|courriel|message électronique"
    r"|wiadomość|zpráva|meddelande|e-?post|melding|meddelelse|viesti|ileti|e-?posta|сообщение"
    r"|письмо)\b|邮件|郵件|メール",
    re.IGNORECASE,
)
TITLE_OF_LEGAL = re.compile(
    r"\s*[*_]*(?:confidentiality notice|disclaimer|legal notice|aviso legal|avis de confidentialité"
    r"|vertraulichkeitshinweis|haftungsausschluss|informativa|privacy notice)\b",
    re.IGNORECASE,
)
PLEA = re.compile(
    r".{0,60}(?:environment before printing|before (?:you )?print(?:ing)? this (?:e-?)?mail"
    r"|bevor sie diese (?:e-?mail|mail) (?:aus)?druck|avant d.imprimer ce|antes de imprimir este"
    r"|voordat u deze (?:e-?mail|mail) (?:af)?druk|prima di stampare (?:questa|la presente))",
    re.IGNORECASE,
)

SIGN_OFF = re.compile(
    r"\s*(?:(?:(?:with|my|many|very|all|kind(?:est)?|best|warm(?:est)?) ){0,3}"
    r"(?:regards|wishes|thanks)"
    r"|thank you|thanks again|cheers|best|yours|sincerely|love|take care|all the best|respectfully"
    r"|cordially|br|kr|rgds|xx?o?"
    r"|(?:mit )?(?:freundliche[nmrs]?|viele[nr]?|liebe[nr]?|beste[nr]?|schöne[nr]?|herzliche[nr]?"
    r"|sonnige[nr]?) (?:gr(?:ü|ue)(?:ß|ss)en?|gru(?:ß|ss))|mfg|lg|vg|gru(?:ß|ss)"
    r"|gr(?:ü|ue)(?:ß|ss)e"
    r"|hochachtungsvoll|danke"
    r"|(?:bien |très )?cordialement|bien à (?:vous|toi)|amicalement|bises|bisous|salutations"
    r"|sincères salutations|meilleures salutations|à bientôt|merci|respectueusement"
    r"|(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|un abrazo|abrazos|gracias|besos"
    r"|un beso|muchas gracias"
    r"|(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|groet(?:en|jes)?|mvg|hartelijk dank"
    r"|(?:cordiali|distinti) saluti|saluti|un (?:caro )?saluto|un abbraccio|a presto|grazie"
    r"|(?:med )?vänliga? hälsning(?:ar)?|hälsningar|mvh|kram|atenciosamente|cumprimentos|abraços?"
    r"|beijinhos|(?:serdecznie )?pozdrawiam|z poważaniem|(?:s )?pozdrav\w*|с уважением"
    r"|всего доброго"
    r"|(?:med )?(?:vennlig|venlig) hilsen|(?:mange )?hilsn?er|hilsen|mvh|ystävällisin terveisin"
    r"|terveisin|saygılarımla|sevgiler|selamlar|üdvözlettel|cu stimă|com os melhores cumprimentos"
    r"|amitiés)\b|此致|祝好|敬具|(?:どうぞ)?(?:よろしく|宜しく)お願い",
    re.IGNORECASE,
)
POSTSCRIPT = re.compile(r"\s*(?:p\. ?)+s\.?\s?[:.\s]|\s*p+s\s?[:.\s]", re.IGNORECASE)
CONTACT = re.compile(
    r"\+\d[\d ()./-]{6,}|\b\(?0\d[\d ()./-]{6,}|https?://|\bwww\.|\s[|•·]\s"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+\.\w"
    r"|\b(?:tel|tél|phone|mob(?:ile|il)?|cell|fax|office|direct|durchwahl|telefon|téléphone)\b\.?\s?:?\s?"
    r"\(?\+?\d|^[TMFEPW][.:]?\s+[+(]?[\dwh]|^[CDH][.:]\s+[+(]?\d"
    r"|^[\d(][\d ()./-]{8,16}$|^(?:[a-z\d-]+\.)+[a-z]{2,10}(?:/\S*)?$"
    r"|(?<!\d)(?=(?:\d ?){9})\d{2,4}(?: \d{2,4}){2,4}(?!\d)|(?<!\d)\d{3}[.-]\d{3}[.-]\d{4}(?!\d)"
    r"|(?-i:\b(?:HRB|USt-?Id(?:Nr)?|Geschäftsführer|Sitz der Gesellschaft|VAT|SIRE[TN]|RCS|CIF|NIP"
    r"|KRS|REGON|P\.? ?IVA|IČO?|CVR|KvK|CNPJ|NIF|ABN)\b)"
    r"|(?-i:\b(?:Sp\. z o\.o\.|s\.r\.o\.|ApS|Oy|Kft|Pty|PLC|Ltda|Lda|GmbH"
    r"|Ltd|Inc|LLC|LLP|Corp|S\.L\.|S\.A\.|SARL|SAS|B\.V\.|S\.r\.l\.|S\.p\.A\.|AG|e\.V\.)(?!\w))",
    re.IGNORECASE,
)
EMBEDDED = re.compile(
    r"\s*\[(?:image|cid|bild|inline image|imagen|immagine)\b[^\]]{0,200}\]\s*$", re.I
)
