"""Words that are names as well, and words that stand where names do."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())


PARTICLES = words(
    "von van vom zu zum zur de del della der den di da do dos du la le ten ter bin ibn al el af av"
)
ORDINARY = words(
    """
    may will rose mark hope grace bill rob art jack frank dawn joy summer young king brown white
    black green gray grey gold silver long short wood woods stone hill field fields lake rivers
    baker cook faith ivy lily daisy ruby pearl amber crystal jade iris violet heather holly
    hazel olive ginger sandy rusty sunny drew chase grant pat sue june april august autumn
    spring bishop pope prince duke earl baron knight page price rich power day church bush ford
    forest banks bond best bird fox wolf lamb fish pike swan bell ball bass bean berry bloom
    book booth brook carter case castle chance chapman clay close cross dale dean dear dick don
    downs drake ray reed singer small smart snow sparks speed steel sterling street sweet temple
    town underwood wall ward waters way west wise worth york gay gene gus guy hall hand judge
    key lane law lee love major mason miles moon moss nance noble north nick norm parish park
    peck penny piper porter potter quick ram rice robin rod sage sail saint self sharp skip star
    stew storm teal tim trip vic wade wild christian paris london berlin florence victoria
    charlotte sydney georgia virginia carolina jordan israel chad kenya austin dallas houston
    madison lincoln washington china monday tuesday wednesday thursday friday saturday sunday
    january february march july september october november december english german french
    spanish the and for you can mini max chip buck bud dot fern flora gale glen heath jay jean
    jewel laurel klein groß gross lang kurz jung alt neu weiß weiss roth rot braun grün blau
    koch bauer richter könig kaiser herzog fürst graf ritter bäcker berg stein wald feld bach
    baum busch blume vogel fuchs huhn hase löwe adler falke sommer herbst frühling januar
    februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag
    samstag sonntag sonne stern mond engel teufel gott krieg frieden frei kraft stark stolz
    ernst lustig fröhlich reich arm recht gut böse horn kamm krug nagel pfeffer salz sauer süß
    brand petit grand blanc noir rouge leblanc lebrun bon bonne roi reine marchand boulanger
    charpentier fleur marguerite rosé aimée désirée moulin rubio blanco negro rojo bravo cruz
    rosas ríos prado campo iglesia ángel jesús mar luz sol luna dolores pilar mercedes consuelo
    esperanza rosa vera serena van winter schwarz project operation plan code house group club
    team company gmbh ltd inc road
    """
)
"""In lower case; alone, they name a person only where the text says so."""

NOBODY = words(
    """
    esteemed aspiring valued fellow loyal future prospective potential enthusiast enthusiasts
    clientele client clients leader leaders subscriber subscribers guest guests investor
    investors homeowner homeowners applicant applicants candidate candidates participant
    participants volunteers donor donors partners residents resident community family board
    council staff department office support service human resources admissions principal
    president mayor minister user users fans listeners viewers followers writers teachers
    doctors engineers developers grüße gruß welt mr mrs ms mx miss dr prof professor herr herrn
    frau hr mme mlle fru dott sig sra sr monday tuesday wednesday thursday friday saturday
    sunday january february march april june july august september october november december
    montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz juni juli
    oktober dezember the and for you all team sir madam madame everyone everybody folks friends
    friend customer customers hiring manager committee editor editors colleagues colleague
    neighbour neighbours neighbor neighbors there members member students parents santa diary
    reader readers god lord alle alles zusammen kollegen kolleginnen damen herren freunde kunde
    kunden leute mitarbeiter eltern nachbarn tous toutes monsieur messieurs mesdames équipe
    amigos equipo todos señores señor señora colleghi tutti signori i a it this that thanks
    thank we he she they is was has have not what how why when where und oder aber ich wir sie
    er es das der die bitte danke again world recruiter internet i'm i’m mum mom mama dad papa
    grandma grandpa oma opa grandmother grandfather love darling honey sweetheart my our your
    his her their in on at to of from with mit für aus ist sind hat haben sweet
    """
)
"""What follows a greeting, a title or "my sister" and is no name."""
