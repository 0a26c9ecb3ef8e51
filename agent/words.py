"""English words a grader treats specially: function words, fillers, negators, opposites.

Invariant: all entries are lower case; `OPPOSITES` holds both directions of every pair.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

FUNCTION_WORDS = frozenset(
    """a an the this that these those it its itself he she they them their we us our you your i me
    my mine who whom whose which what when where why how there here is are was were be been being am
    do does did done doing have has had having will would shall should can could may might must
    isn't aren't wasn't weren't don't doesn't didn't won't wouldn't can't cannot couldn't shouldn't
    hasn't haven't and or but nor so yet for if then else because since while whereas although
    though unless until as than of in on at by to from with without into onto over under between
    through during before after above below up down out off about against per via not no any some
    all each every both few more most less other another such only also too very just even still
    again once one's that's it's i'd i'm i've you're they're we're let's""".split()
)

CONTENT_FREE = frozenset(
    """i i'm im we me my you it it's its the a an this that these is are was be been do does did
    don't dont doesn't not no nope n't can't cant cannot can could couldn't have haven't has any
    some idea clue know knowing knew idk dunno sure unsure certain remember recall forgot forget
    forgotten tell say answer answers question sorry apologies pass skip next please well hmm hm um
    uh er ok okay fine right honestly really actually just now about of to for on at in with and so
    but let let's lets us solve think thinking step steps by start first going go work through
    problem carefully here there my's thought process solution yeah good great thanks
    thank nothing none na a blank maybe perhaps guess at all moment sir hello hi test what how
    why which who when where don t m i've never heard yet as one""".split()
)

POLAR_ANSWERS = frozenset({"yes", "no", "true", "false", "yep", "nope", "yeah", "not", "never"})

FRAMING = frozenset(
    """question questions answer answers answered matter matters clear certain important topic
    topics thing things something somewhere somehow somebody explain explained say said says
    asked point points key term terms keyword keywords concept concepts idea ideas relevant word
    words issue issues aspect aspects main following involve involves include includes included
    cover covers covered notes note source sources course exactly full agree count counts way
    ways certainly several decided decide decision remain remains""".split()
)

PLAIN_VERBS = frozenset(
    """use uses used needs need keep keeps kept get gets got give gives gave take takes took make
    makes made say says tell tells ask asks want wants go goes went come comes came know knows
    see sees find finds found send sends sent wait waits choose chooses chose pick picks treat
    treats validate validates prevent prevents mean means become becomes depend depends grow
    grows fall falls fail fails happen happens break breaks add adds remove removes replace
    replaces reduce reduces avoid avoids allow allows let lets put puts hold holds learn learns
    help helps hurt hurts try tries stay stays start starts stop stops turn turns explain
    explains describe describes compute computes multiply multiplies divide divides subtract
    subtracts compare compares trust throw throws bring brings brought built had led met catch
    catches save saves store stores read reads write writes contain contains require requires
    cause causes produce produces return returns look looks pay pays spend spends lose loses
    move moves wins beats cost costs fix decide decides exceeds equals differ differs apply
    applies think guess adjust don't isn't won't can't doesn't""".split()
)

NUMBERS = frozenset(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
    hundred thousand million billion point half times""".split()
)

OTHER_LANGUAGES = frozenset(
    """der die das den dem ein eine und ist sind nicht mit von zu auf für im wird werden da man
    le la les des du et est sont une un dans pour que qui el los las y es son en por para con del
    il lo gli di che per sono não os as um uma é het een van en niet""".split()
)

NEGATORS = frozenset(
    """not no never none nothing neither nor without cannot can't don't doesn't didn't isn't aren't
    wasn't weren't won't wouldn't couldn't shouldn't hasn't haven't hardly unable lacks lacking
    rather instead dont doesnt didnt isnt arent wont cant""".split()
)

_PAIRS = """faster slower|fast slow|higher lower|high low|more less|more fewer|many few|most least
    increase decrease|increases decreases|increasing decreasing|increased decreased|rises falls
    rises falling|rise fall|rising falling|rises drops
    grow shrink|grows shrinks|up down|larger smaller|big small
    large small|bigger smaller|longer shorter|long short|maximum minimum|maximise minimise
    maximize minimize|maximizes minimizes|best worst|better worse|easy hard|easier harder
    same different|always never|before after|first last|input output|read write|reads writes
    sequential parallel|serial parallel|synchronous asynchronous|static dynamic|global local
    strong weak|stronger weaker|open closed|connected disconnected|on off|add remove|adds removes
    allow prevent|allows prevents|enable disable|enables disables|combine split|combines splits
    merge split|merges splits|fuse split|fuses splits|multiply divide|multiplies divides|near far
    close far|start stop|hot cold|hotter colder|warm cool|heavy light|heavier lighter|deep shallow
    highest lowest|fastest slowest|largest smallest|biggest smallest|longest shortest
    strongest weakest|widest narrowest|earliest latest
    supervised unsupervised|overfitting underfitting|encode decode|encoder decoder|client server
    dense sparse|cheap expensive|cheaper costlier|neighbouring distant|positive negative
    public private
    rise drop|falling rising|keeps discards|use remove|underflow overflow
    mutable immutable|lossless lossy|online offline|fixed variable|best-case worst-case
    improves worsens|improve worsen|reduces increases|reduce increase|frozen updated|wide narrow
    helps hurts|help hurt|gain lose|gains loses|include exclude|includes excludes|top bottom
    forward backward|explicit implicit|compiled interpreted|stateful stateless|stable unstable"""

OPPOSITES: dict[str, frozenset[str]] = {}
for _pair in re.split(r"[|\n]", _PAIRS):
    _left, _right = _pair.split()
    OPPOSITES[_left] = OPPOSITES.get(_left, frozenset()) | {_right}
    OPPOSITES[_right] = OPPOSITES.get(_right, frozenset()) | {_left}


def words(text: str) -> list[str]:
    """The words of a text in lower case, a curly apostrophe made straight."""
    return [w.lower().replace("’", "'") for w in _WORD.findall(text)]


def content_words(text: str) -> list[str]:
    """The stems of the words that carry content, in order."""
    return [stem(w) for w in words(text) if w not in FUNCTION_WORDS]


def share_said(wanted: str, text: str) -> float:
    """The share of a text's content words, each counted once, that another text has; 0 where there
    are none."""
    needed = set(content_words(wanted))
    return len(needed & set(content_words(text))) / len(needed) if needed else 0.0


def stem(word: str) -> str:
    """A crude stem: plural and verb endings off. Enough to see that two words are one."""
    for ending in ("'s", "ies", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word[:-1] if word.endswith("e") and len(word) > 3 else word
