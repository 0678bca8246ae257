"""Letters that look like letters of A to Z.

From confusables.txt of Unicode Technical Standard 39 (https://www.unicode.org/Public/security/),
copyright Unicode, Inc., under the Unicode licence (https://www.unicode.org/license.txt): those of
living alphabets that Unicode's compatibility forms (NFKD) do not turn into A to Z anyway, each with
the other case of it, and letters that stand in a box or in a circle.
"""

from __future__ import annotations

_LIKE = {
    "a": "ɑΑαАаᎪᴀẚⱭꓮꭺ🅐🅰🇦",
    "ae": "ÆæӔӕ",
    "b": "ƀƁƂƃƄƅɃɓʙΒβБВЬбвьѢѣҌҍᏏᏴᏼꓐꞴꞵꮟ🅑🅱🇧",
    "c": "ȻȼСсҪҫᏟᴄⲤⲥꓚꮯ🅒🅲🇨",
    "d": "ÐðĐđƉƊƋƌɖɗԀԁᎠᏧᴅꓒꓓꭰꮷ🅓🅳🇩",
    "e": "ɆɇΕεЕеҼҽҾҿᎬᴇꓰꬲꭼ🅔🅴🇪",
    "f": "ƑƒϜϝՔքᵮẝꓝꜰꞘꞙꬵ🅕🅵🇫",
    "g": "ƍƓǤǥɠɡɢԌԍՑցᏀᏳᏻᶃꓖꞬꮐ🅖🅶🇬",
    "h": "ĦħɦʜΗЋНнћҢңҺһӇӈӉӊՀհᎻᏂᏲᏺⱧⱨⲎⲏꓧꚔꚕꞪꮋꮒ🅗🅷🇭",
    "i": "ıƖƗɨɩɪͺΙιІіᎥᵻᵼⲒⲓꓲꙆꙇꞮꭵ🅘🅸🇮",
    "j": "ɈɉʝͿϳЈјᎫᴊꓙꞲꭻ🅙🅹🇯",
    "k": "ĸƘƙΚκКкҚқҞҟᏦᴋⱩⱪⲔⲕꓗꝀꝁꮶ🅚🅺🇰",
    "l": "ŁłƚǀȽɫɭʟӀӏᏞⱢⳐⳑꓡꮮ🅛🅻🇱",
    "m": "ɱΜμϺϻМмӍӎᎷᴍᵯⱮⲘⲙꓟꮇ🅜🅼🇲",
    "n": "ƝƞȠɲɳɴΝηՈՌոռᵰⲚⲛꓠ🅝🅽🇳",
    "o": "ØøƟǾǿɵΘΟΣθοσОоѲѳӨөՕօଠᎤᎾᏫᴏᴑⲞⲟꓳꝊꝋꬽꬾꭴꮎꮻ🅞🅾🇴",
    "oe": "Œœɶ",
    "p": "ƤƥΡρРрᏢᴘᴩᵽⱣⲢⲣꓑꮲ🅟🅿🆊🇵",
    "q": "ʠԚԛԳԶգզꞯ🅠🆀🇶",
    "r": "ƦɌɍɼɽʀГгҒғᎡᎱᏒᴦᵲⱤⲄⲅꓣꭇꭈꭱꮁꮢ🅡🆁🇷",
    "s": "ƼƽʂЅѕՏտᏕᏚᵴꓢꜱꟅꮥꮪ🅢🆂🇸",
    "t": "ŦŧƬƭƮȾʈΤτТтҬҭᎢᴛᵵⱦⲦⲧꓔꭲ🅣🆃🇹",
    "u": "ƲɄʉʋυՍսᏌᴜᵾꓴꞞꞟꭎꭒꮜ🅤🆄🇺",
    "v": "νѴѵᏙᴠꓦꮩ🅥🆅🇻",
    "w": "ƜɯѠѡѼѽԜԝԱաᎳᏔᴡꓪꝠꝡꮃꮤ🅦🆆🇼",
    "x": "ΧχХхҲҳⲬⲭꓫꞳꭓ🅧🆇🇽",
    "y": "ƔƳƴɎɏɣʏΓΥγУуҮүҰұᎩᎽᶌỾỿⲨⲩꓬꭚꭹꮍ🅨🆈🇾",
    "z": "ƵƶȤȥʐΖζᏃᴢᵶꓜꮓ🅩🆉🇿",
}

LOOKALIKES = {letter: plain for plain, letters in _LIKE.items() for letter in letters}
"""What each looks like, in small letters."""
