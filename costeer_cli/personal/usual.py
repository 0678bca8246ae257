"""How often people use the words that show a manner of writing rather than a subject.

Per million words of plain prose and talk taken together, rounded: enough to tell a word that is
somebody's own, which they use several times as often as others do, from one that everybody uses.
"""

from __future__ import annotations

_USUAL = {
    "en": """
        absolutely 60 actually 300 admittedly 6 again 500 almost 250 already 300 also 900
        although 200 always 400 amazing 80 anyhow 8 anyway 100 apparently 60 arguably 8
        awesome 60 awfully 6 barely 30 basically 50 besides 30 blimey 1 bloody 30 brilliant 40
        certainly 120 cheers 15 clearly 90 completely 90 consequently 20 cool 100 crucially 4
        curious 20 currently 100 darling 20 dear 60 decidedly 4 definitely 90 delightful 8
        dreadful 6 enormously 5 entirely 60 especially 120 essentially 40 eventually 70 exactly 140
        exceedingly 3 excellent 70 extremely 60 fabulous 10 fairly 50 fantastic 30 finally 160
        folks 50 frankly 20 fun 130 funny 80 furthermore 25 gladly 6 glad 60 gorgeous 20
        grand 50 great 500 guys 200 haha 20 hardly 50 hence 40 highly 80 honestly 50 hopefully 40
        however 350 incidentally 6 incredibly 25 indeed 100 instead 180 kinda 30 largely 40
        lately 30 likewise 15 literally 80 lol 100 lovely 60 luckily 10 maybe 250 meanwhile 50
        merely 40 mildly 5 moreover 20 mostly 90 naturally 40 nearly 110 neat 15 nevertheless 25
        nice 200 nonetheless 15 obviously 90 oddly 8 okay 150 oops 10 ordinarily 5 otherwise 90
        particularly 90 perfectly 40 perhaps 150 plainly 5 please 300 possibly 60 precisely 25
        presumably 20 pretty 200 probably 200 properly 40 proper 50 quietly 15 quite 200 rather 200
        really 600 reckon 20 regrettably 3 roughly 25 sadly 25 seemingly 15 seriously 80
        significantly 35 simply 130 slightly 50 somehow 45 sort 150 splendid 5 still 700
        stuff 150 subsequently 25 suddenly 50 super 80 supposedly 12 surely 50 surprisingly 15
        terribly 12 terrific 10 therefore 100 though 350 thus 90 totally 70 tremendous 15 truly 70
        typically 40 ultimately 40 undoubtedly 10 unfortunately 60 usually 110 utterly 12
        vaguely 6 vastly 8 very 700 virtually 25 weird 60 whilst 30 wonderful 60 wow 60 yeah 300
        yep 20 yet 250
        """,
    "de": """
        absolut 120 allerdings 240 also 1200 angeblich 80 anscheinend 40 ansonsten 60
        außerdem 180 beinahe 40 bekanntlich 24 bestimmt 160 bisschen 180 bloß 80 daher 200
        dennoch 140 derzeit 120 deshalb 240 deswegen 100 doch 1400 durchaus 100 eben 400
        echt 160 ehrlich 100 eigentlich 360 einfach 900 endlich 180 entsprechend 100
        erstmal 60 etwa 400 fast 400 freilich 40 ganz 800 gar 400 gegebenenfalls 10 genau
        400 geradezu 24 gern 140 gerne 300 glücklicherweise 12 grundsätzlich 80 halt 200
        herrlich 20 herzlich 40 hierbei 30 hoffentlich 80 immerhin 80 insofern 40
        irgendwie 120 ja 1800 jedenfalls 120 jedoch 500 kaum 260 krass 30 kurz 260 leider
        240 mal 1800 meistens 60 mega 30 mittlerweile 120 möglicherweise 60 nachher 40
        natürlich 400 naja 60 nämlich 140 nun 600 offenbar 120 offensichtlich 80 okay 180
        praktisch 80 prima 30 quasi 60 recht 300 regelrecht 12 richtig 300 ruhig 80
        schlicht 24 schließlich 180 schon 2000 sehr 1400 selbstverständlich 40 sicherlich
        80 so 5000 sogar 300 somit 100 sonst 200 sowieso 60 sozusagen 30 super 170
        tatsächlich 180 toll 100 total 100 trotzdem 160 überhaupt 240 übrigens 100
        unbedingt 100 ungefähr 60 unheimlich 20 vermutlich 60 viel 1000 vielleicht 440
        völlig 140 vorerst 30 wahnsinnig 20 wahrscheinlich 160 weiterhin 100 wenigstens 70
        wirklich 440 witzig 24 wohl 400 wunderbar 50 ziemlich 140 zudem 120 zumindest 120
        zunächst 160
        """,
    "fr": """
        absolument 120 actuellement 100 ainsi 400 alors 1200 apparemment 60 assez 300
        aussi 1200 autrement 60 beaucoup 600 bien 2400 bientôt 160 bref 60 carrément 20
        cependant 160 certainement 100 certes 50 clairement 60 complètement 120 décidément
        10 déjà 700 désormais 120 donc 1000 doucement 50 effectivement 60 également 350
        encore 1200 enfin 400 énormément 30 ensuite 200 évidemment 100 exactement 160
        extrêmement 40 finalement 120 forcément 60 formidable 40 franchement 40 génial 60
        gentiment 12 heureusement 60 hélas 40 honnêtement 20 impeccable 8 justement 100
        largement 50 longtemps 240 magnifique 80 malheureusement 60 mieux 400 néanmoins 50
        notamment 160 parfaitement 80 parfois 160 particulièrement 60 peut-être 900 plutôt
        240 pourtant 180 pratiquement 30 presque 220 quasiment 24 rapidement 100 rarement
        24 seulement 300 simplement 160 souvent 240 super 170 surtout 260 tellement 160
        totalement 80 toujours 700 toutefois 60 tranquille 80 très 1200 trop 700 vachement
        16 vraiment 600 volontiers 20 voilà 400
        """,
    "es": """
        absolutamente 60 acaso 80 actualmente 100 además 300 afortunadamente 16 ahora 1200
        apenas 120 así 1000 aún 300 aunque 400 bastante 180 bien 1800 bueno 800 casi 300
        ciertamente 24 claramente 40 claro 400 completamente 100 desafortunadamente 10
        después 700 efectivamente 20 encima 120 enseguida 30 entonces 700 especialmente
        100 estupendo 16 evidentemente 20 exactamente 100 francamente 16 fenomenal 8
        finalmente 100 genial 80 gracias 800 igual 240 igualmente 50 incluso 200 jaja 60
        justo 160 lamentablemente 24 luego 400 maravilloso 40 mejor 700 menos 500 mientras
        300 mogollón 4 mucho 800 muy 1400 naturalmente 24 normalmente 40 nunca 600
        obviamente 40 ojalá 50 perfectamente 40 poco 600 posiblemente 40 precisamente 60
        probablemente 80 prácticamente 50 pues 600 quizá 80 quizás 100 rápido 140
        realmente 200 seguramente 60 siempre 700 simplemente 120 sinceramente 20 solamente
        80 sumamente 12 también 1200 tampoco 240 tan 700 todavía 240 totalmente 80
        tranquilo 80 vale 240 verdad 500 verdaderamente 24 ya 1800
        """,
}


def usual(language: str) -> dict[str, int]:
    """Words that show a manner, and how often people use them per million words; {} if unknown."""
    said = _USUAL.get(language, "").split()
    return {word: int(many) for word, many in zip(said[::2], said[1::2], strict=True)}


_BRITISH = """
    colour favour honour humour labour neighbour behaviour flavour harbour rumour favourite
    centre theatre metre litre fibre calibre defence licence offence grey tyre kerb plough
    programme cheque jewellery pyjamas mum travelled travelling cancelled cancelling labelled
    modelling fuelled counsellor marvellous skilful fulfil enrol organise organised realise
    realised recognise recognised apologise apologised emphasise criticise analyse analysed
    organising realising organisation specialise prioritise summarise catalogue dialogue
    aluminium whilst learnt spelt cosy sceptical ageing manoeuvre anaesthetic paediatric
    """
_AMERICAN = """
    color favor honor humor labor neighbor behavior flavor harbor rumor favorite
    center theater meter liter fiber caliber defense license offense gray tire curb plow
    program check jewelry pajamas mom traveled traveling canceled canceling labeled
    modeling fueled counselor marvelous skillful fulfill enroll organize organized realize
    realized recognize recognized apologize apologized emphasize criticize analyze analyzed
    organizing realizing organization specialize prioritize summarize catalog dialog
    aluminum while learned spelled cozy skeptical aging maneuver anesthetic pediatric
    """
_BOTH = """
    meter tire curb program check license offense dialog while learned spelled grey
    """  # American, but with other meanings or readers in British too; or the other way round


def spellings() -> tuple[dict[str, str], dict[str, str]]:
    """British words and their American spelling, and the other way round; plurals included."""
    both = frozenset(_BOTH.split())
    pairs = list(zip(_BRITISH.split(), _AMERICAN.split(), strict=True))
    british = {one: other for one, other in pairs if one not in both}
    american = {other: one for one, other in pairs if other not in both}
    for table in (british, american):
        table.update({f"{one}s": f"{other}s" for one, other in table.items() if one[-1] != "s"})
    return british, american
