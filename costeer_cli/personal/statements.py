"""How people say something lasting of themselves, in four languages: patterns, one a line.

They match from the beginning of a sentence, whatever the case but for `(?-i:...)`. <KIN> stands for
people and animals somebody lives with or comes from, <IS> for what is said of them for good.
"""

from __future__ import annotations

from typing import Literal

About = Literal["work", "home", "people", "self", "likings"]

KIN = {
    "en": """
        wife|husband|partner|girlfriend|boyfriend|fianc[eé]e?|mother|mum|mom|father|dad|parents|twins
        |sister|brother|siblings|son|daughter|kids|children|aunt|uncle|cousin|niece|nephew|flatmate
        |grand(?:mother|father|ma|pa|son|daughter|parents|children)|dogs?|cats?|horses?|sons|daughters
        |sisters|brothers|(?:mother|father|sister|brother)-in-law
        """,
    "de": """
        Frau|Mann|Freundin|Freund|Partner(?:in)?|Mutter|Mama|Vater|Papa|Eltern|Schwestern?|Bruder
        |Brüder|Geschwister|Sohn|Söhne|Tochter|Töchter|Kinder|Kind|Oma|Opa|Gro(?:ß|ss)mutter
        |Gro(?:ß|ss)vater|Tante|Onkel|Cousine?|Nichte|Neffe|Hund|Hündin|Katzen?|Kater|Pferd
        |Schwiegermutter|Schwiegervater
        """,
    "fr": """
        femme|mari|compagne|compagnon|copine|copain|mère|maman|père|papa|parents|sœurs?|soeurs?
        |frères?|fils|filles?|enfants?|grand-mère|grand-père|grands-parents|tante|oncle|cousine?
        |nièce|neveu|chien(?:ne)?s?|chats?|chattes?|cheval|belle-mère|beau-père
        """,
    "es": """
        mujer|esposa|marido|esposo|pareja|novi[oa]|madre|mamá|padre|papá|padres|herman[oa]s?|hij[oa]s?
        |abuel[oa]s?|tí[oa]s?|prim[oa]s?|sobrin[oa]s?|perr[oa]s?|gat[oa]s?|caballo|suegr[oa]s?
        """,
}
IS = {
    "en": r"""
        is|are|(?:was|were) (?:an?|born|from)|ha(?:s|ve|d) (?:an?|no|two|three|four|\d)|lives?|lived
        |works?|worked|loves?|hates?|plays?|runs?|teach(?:es)?
        |stud(?:y|ies)|speaks?|died|comes? from|owns?|likes?|keeps?|turned|eats?
        """,
    "de": """
        ist|sind|war|hat|haben|hei(?:ß|ss)t|hei(?:ß|ss)en|lebt|leben|wohnt|wohnen|arbeitet|arbeiten
        |studiert|spielt|liebt|mag|frisst|kommt aus|spricht
        """,
    "fr": r"""
        est|sont|était|a|ont|s'appellent?|habitent?|vit|vivent|travaillent?|étudie|étudient|jouent?
        |aiment?|adorent?|parlent?|vient de (?-i:[A-Z])\w+
        """,
    "es": """
        es|son|era|tiene|tienen|viven?|trabajan?|se llaman?|estudian?|juegan?|hablan?|murió|nació
        |está casad[oa]
        """,
}
PATTERNS: dict[str, dict[About, str]] = {
    "en": {
        "work": r"""
            I (?:currently )?work (?:as|for|at|in|with)\b
            I (?:teach|study|own an?|run (?:an?|the|my|our)|manage (?:an?|the))\b
            I(?: have|'ve)? worked (?:as|for|at|in)\b
            I(?:'ve| have) (?:been working|been teaching|taught|run|worked)\b
            (?:we|my \w+ and I) (?:run|own) (?:an?|the|our)\b
            my (?:job|shop|clinic|company|business) is\b
            I(?:'m| am) an? (?:[\w-]+ ){0,2}?(?!bett|bigg|form|nev)\w+(?:er|or|ist|ian|ant|dent)\b
            I(?:'m| am) an? (?:[\w-]+ )?(?:nurse|vet|chef|cook|clerk|surgeon|judge|architect)\b
            I(?:'m| am) (?:the )?(?:head|secretary|treasurer|chair) of\b
        """,
        "home": r"""
            (?:I|we) (?:live|lived|grew up|rent|have lived|have been living)\b
            (?:I|we) (?:own an? (?:house|flat)|moved (?:to|here|from))\b
            (?:I'm|I am|I was|we are|we're) (?:originally )?(?:from|born)\b
            I come from\b
            our (?:house|flat|garden|farm|kitchen) (?:is|has)\b
        """,
        "people": r"""
            (?:my|our) (?:\w+ ){0,2}<KIN>(?:,? [A-Z]\w+,?)?(?: and I)? <IS>\b
            (?:I|we)(?: have|'ve got| have got) (?:an?|one|two|three|four|\d) (?:\w+ ){0,2}<KIN>\b
            I(?:'m| am) (?:happily )?(?:married|divorced|engaged|widowed)\b
        """,
        "self": r"""
            I(?:'m| am) (?:now |almost )?\d\d\b(?! ?(?:%|min|km|miles|pages))
            I(?:'m| am) (?:an? )?(?:strict )?(?:vegetarian|vegan|coeliac|diabetic|dyslexic|deaf)\b
            I(?:'m| am) (?:left-handed|colou?r-?blind|allergic|an early riser)\b
            I(?:'m| am) a (?:morning person|night owl)\b
            I speak (?-i:[A-Z])
            I (?:don't|do not|never) (?:eat|drink|drive|smoke|fly)\b
            I(?: have|'ve) (?:asthma|diabetes|a bad (?:back|knee)|hay fever)\b
            I (?:play the|sing in|swim|cycle to|run every|volunteer)\b
        """,
        "likings": r"""
            I (?:really )?(?:love|hate|adore|can't stand|prefer) (?!this|that|it\b|the idea)
            I (?:always|never|usually) (?!said|knew|thought|heard|got|understood|meant)\w+
            my favou?rite\b
        """,
    },
    "de": {
        "work": r"""
            ich (?:arbeite|unterrichte|studiere|leite|lehre)\b
            \w+(?: \w+){0,3} (?:arbeite|unterrichte|studiere|leite) ich\b
            ich bin (?:\w+e[rs]? )?(?-i:[A-ZÄÖÜ])\w+(?:er|ist|arzt|ärzt|ant|eur|or|wirt)(?:in)?\b
            ich bin (?:\w+e[rs]? )?(?-i:[A-ZÄÖÜ])\w+(?:frau|mann|schwester|ärztin)\b
            ich war (?:lange |früher )?(?-i:[A-ZÄÖÜ])\w+erin\b
        """,
        "home": r"""
            (?:ich (?:wohne|lebe)|wir (?:wohnen|leben))\b
            \w+(?: \w+){0,3} (?:wohne ich|lebe ich|wohnen wir|leben wir)\b
            ich komme aus (?-i:[A-ZÄÖÜ])
            ich bin (?:in|auf) .{2,40}(?:geboren|aufgewachsen)
            unser(?:e)? (?:Haus|Wohnung|Garten|Hof|Küche) (?:ist|hat|liegt)\b
        """,
        "people": r"""
            (?:mein|unser)e? (?:\w+ ){0,2}<KIN>(?: [A-ZÄÖÜ]\w+)? <IS>\b
            (?:ich habe|wir haben) (?:eine[n]?|ein|zwei|drei|vier|fünf|\d) (?:\w+ ){0,2}<KIN>
            ich bin (?:\w+ )?(?:verheiratet|geschieden|verwitwet|verlobt|ledig)\b
        """,
        "self": r"""
            ich bin (?:jetzt |fast )?\d\d\b(?! ?(?:%|min|km|seiten))
            ich bin (?:\w+ )?(?:Vegetarier|Veganer|Diabetiker|Linkshänder|Frühaufsteher)(?:in)?\b
            ich bin (?:\w+ )?allergisch\b
            ich (?:esse|trinke) keine?n?\b
            ich (?:spreche|rauche nicht|spiele|singe im|fahre (?:immer|jeden))\b
        """,
        "likings": r"""
            ich (?:liebe|hasse)\b(?! (?:das|es)\b)
            ich (?:mag|esse|trinke) (?:kein|gern|am|immer|nur)\w*\b
            mein(?:e)? Lieblings\w+ (?:ist|sind)\b
        """,
    },
    "fr": {
        "work": r"""
            je (?:travaille|enseigne|dirige|tiens (?:un|une)|fais des études)\b
            je suis (?:une? )?\w+(?:teur|trice|ière|ienne|ien|iste|ecin|cteure?)\b
            je suis (?:une? )?(?:professeure?|infirmier|avocate?|comptable|boulanger)\b
            j'étudie\b
        """,
        "home": r"""
            (?:j'habite|nous habitons|on habite|je vis|nous vivons|on vit)\b
            je viens (?:de |d')(?-i:[A-ZÉ])
            je suis née?\b
            j'ai grandi\b
            notre (?:maison|appartement|jardin) (?:est|a)\b
        """,
        "people": r"""
            (?:mon|ma|mes|notre|nos) (?:\w+ ){0,2}<KIN>(?: [A-ZÉ]\w+)? <IS>\b
            (?:j'ai|nous avons|on a) (?:une?|deux|trois|quatre|\d) (?:\w+ ){0,2}<KIN>\b
            je suis (?:mariée?|divorcée?|veuve|veuf|fiancée?|célibataire)\b
        """,
        "self": r"""
            j'ai \d\d ans\b
            je suis (?:végétarien(?:ne)?|vegane?|allergique|diabétique|gauch(?:er|ère))\b
            je parle (?-i:[a-zé])\w+(?:ais|ois|and|ol|ien)\b
            je ne (?:mange|bois|fume|conduis) (?:pas|jamais|plus)\b
            je joue (?:du|de la|au)\b
        """,
        "likings": r"""
            (?:j'adore|je déteste|je préfère|j'aime|je n'aime pas)\b(?! (?:ça|cette|ce|l'idée)\b)
        """,
    },
    "es": {
        "work": r"""
            (?:yo )?trabajo (?:como|de|en|para)\b
            doy clases\b
            estudio (?:\w+ )?en\b
            dirijo\b
            llevo una\b
            soy (?:una? )?\w+(?:or|ora|ero|era|ista|ogo|oga|ente|enta|ico|ica|ado|ada)\b
        """,
        "home": r"""
            (?:vivo|vivimos) (?:en|con|cerca|al)\b
            nací en\b
            crecí en\b
            soy de (?-i:[A-ZÁÉÍÓÚ])
            nuestr[oa] (?:casa|piso|jardín) (?:es|está|tiene)\b
        """,
        "people": r"""
            (?:mi|mis|nuestr[oa]s?) (?:\w+ ){0,2}<KIN>(?: \w+)?(?: [A-ZÁÉÍÓÚ]\w+)? <IS>\b
            tengo (?:una?|dos|tres|cuatro|\d) (?:\w+ ){0,2}<KIN>\b
            tenemos (?:una?|dos|tres) <KIN>\b
            estoy (?:casad[oa]|divorciad[oa])\b
        """,
        "self": r"""
            tengo \d\d años\b
            soy (?:vegetarian[oa]|vegan[oa]|alérgic[oa]|zurd[oa]|celíac[oa])\b
            hablo (?:inglés|francés|alemán|catalán|portugués|italiano)\b
            no (?:como|bebo|fumo|conduzco)\b
            toco (?:el|la)\b
        """,
        "likings": r"""
            me encantan?\b(?! (?:tu|la idea|que)\b)
            odio\b
            prefiero\b
            mi \w+ (?:favorit|preferid)[oa] es\b
        """,
    },
}
"""By language and by what of somebody they tell."""

PASSING: dict[str, str] = {
    "en": r"""
        today|tomorrow|tonight|yesterday
        this (?:morning|afternoon|evening|week|weekend|month|time|year)
        (?:next|last) (?:week|weekend|month|night|time|year|\w+day)|right now|at the moment
        just|soon|later|yet|(?:on|by|until|till) (?:mon|tues|wednes|thurs|fri|satur|sun)day
        o'clock|wish|would|could|might|if I|coming|going to|still waiting|back by
        running late|you|your|yours|hope
    """,
    "de": r"""
        heute|morgen|gestern|gerade|gleich|bald|später|momentan
        diese[nrs]? (?:Woche|Abend|Monat)|nächste\w*|letzte\w*
        am (?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|am Mittwoch|bis \w+tag|würde|könnte|wäre
        hätte|falls|du|dir|dich|dein\w*|Ihnen|Ihre?n?|hoffe
    """,
    "fr": r"""
        aujourd'hui|demain|hier|ce (?:matin|soir|midi|week-end|mois)
        cette (?:semaine|nuit|année)|tout de suite|bientôt|en ce moment
        (?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) (?:prochain|dernier|soir|matin)
        voudrais|pourrais|aimerais|tu|toi|ton|ta|tes|vous|votre|vos|j'espère
    """,
    "es": r"""
        hoy|mañana|ayer|esta (?:mañana|tarde|noche|semana)|ahora|pronto|luego
        el (?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)|próxim[oa]|pasad[oa]
        quisiera|podría|tú|tu|tus|usted|su correo|espero|ojalá
    """,
}
"""What is true for a day only, or not of the writer alone, by language."""
