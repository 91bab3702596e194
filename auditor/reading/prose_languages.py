"""Sentences that restrict a model, by their plainest words in languages other than English. A language's patterns compile when one of its words is met."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

Kind = Literal["noncommercial", "research_only", "personal_only", "restricted", "limited"]


class _Language(NamedTuple):
    words: tuple[str, ...]
    """A sentence with one of these, in lower case, is looked at."""
    patterns: tuple[tuple[Kind, str], ...]
    neither: str = r"(?!)"
    """Where this is found, both or neither are allowed: no use is restricted; copies may be."""
    marks: tuple[str, ...] = ()
    """The sentence has one of these as well, where `words` are English too."""


_IBERIAN_USE = r"(?:usos?|utiliza[cç](?:i[oó]n|[aã]o)|utilizzo|fines|fins|fin[ie]|finalidad\w*|scop[io]|prop[oó]sitos?|licencia|licen[cç]a|licenza)"
_IBERIAN_ONLY = (
    r"(?:s[oó]lo (?=para|con|se|a fin|uso|per|con|para)|sol[oa]mente|[uú]nicamente|exclusivamente|apenas|somente|soltanto|esclusivamente"
    r"|unicamente|exclusiv[oa] para)"
)
_IBERIAN_BARRED = (
    r"(?:prohib\w+|proib\w+|vietat\w+|vedad[oa]|no (?:se )?(?:permit\w+|autoriz\w+|pued\w+|est[aá]n? (?:permitid|autorizad)\w+)"
    r"|n[aã]o (?:se )?(?:[eé] (?:permitid|autorizad)\w+|permit\w+|pode\w*|autoriz\w+)|non (?:[eè]|sono) (?:consentit|permess|ammess|autorizzat)\w+"
    r"|non (?:si )?(?:pu[oò]|possono))"
)

_FRENCH = (
    "interdi", "uniquement", "exclusivement", "seulement", "réservé", "aucun", " pas ", "pas d", "prohib", "contacte", "autorisation",
    "strictement", "limitée", " fins ", "nécessite", "utilisation", "usage non", "licence non", "cadre non", "buts non",
)  # fmt: skip
_IBERIAN = (
    "uso", "fines ", "fins ", "fini ", "scopi ", "scopo ", "utiliz", "licencia", "licença",
    "licenza", "finalid", "propósito", "investigaci", "pesquisa", "ricerca", "para ",
)  # fmt: skip

_LANGUAGES = (
    _Language(  # Chinese
        ("商", "营利", "營利", "盈利", "研究", "科研", "学术", "學術", "学习", "學習", "个人", "個人", "分发", "分發", "转载", "轉載"),
        (
            (
                "noncommercial",
                r"(?<![和及与或])(?<!商[业業用][、/・])(?<!商[业業用](?:用途|使用|利用)[、/・])非(?:商业|商用|商業|营利|營利|盈利)(?!を問|・商|和|与|及|或商|或者商|、商|/商|都|皆|均)"
                r"|(?:不得|(?<!不)禁止|不可|不能|不允许|不允許|严禁|嚴禁|请勿|請勿|勿|不支持|不许|不许可|谢绝)[^。；，,.]{0,16}?(?:商用|商业|商業|营利|營利|盈利)"
                r"|(?:商用|商业(?:用途|使用|化)?|商業(?:用途|使用)?)[^。；，,.は]{0,6}?(?:被禁止|不被允许|一律禁止)",
            ),
            (
                "research_only",
                r"(?:仅|只|僅|专|專)(?:限|供|用于|用於|可用于|可用於|能用于|限于|限於|作|可|能|允许|允許|对|對|支持|为|為)[^。；，,.]{0,14}?(?:研究|学术|學術|科研|学习|學習)"
                r"(?!和商|及商|与商|、商)",
            ),
            ("personal_only", r"(?:仅|只|僅)(?:限|供|用于|用於|可用于|能用于|作)[^。；，,.]{0,8}?(?:个人|個人)"),
            (
                "restricted",
                r"(?:商用|商业(?:使用|用途|授权|化|目的|许可)|商業(?:利用|用途|使用))[^。；]{0,24}?(?:申请|申請|联系|聯繫|授权|授權|登记|许可|填写|书面|書面)"
                r"|(?:申请|申請|登记|填写|授权|授權|联系|聯繫|书面|書面)[^。；]{0,24}?(?:商用|商业|商業)",
            ),
            ("limited", r"(?:不得|禁止|请勿|請勿|严禁|嚴禁)[^。；，,.]{0,10}?(?:转载|轉載|二次分发|再分发|再分發|分发|分發)"),
        ),
        r"无需[^。；]{0,12}(?:商用|商业)|(?:无论|不论|不管)[^。；]{0,12}商[^。；]{0,10}(?:还是|或|与|和|、|/)",
    ),
    _Language(  # Japanese
        ("商", "営利", "研究", "学術", "個人", "再配布"),
        (
            (
                "noncommercial",
                r"(?:商用|商業|営利)(?:的)?(?:な)?(?:利用|使用|用途|目的)?(?:は|での?(?:ご)?(?:利用|使用)?は?|を|に)?[^。，,]{0,8}?"
                r"(?:不可|禁止|できません|出来ません|禁じ|お断り|認め(?:ません|ない|られ)|許可(?:され|し)(?:て(?:い)?(?:ません|ない)|ません)|ご遠慮|NG\b)"
                r"|(?<![・、/和及与或])非(?:営利|商用|商業)(?:的)?(?:な)?(?:利用|使用|用途|目的)?(?:で)?(?:のみ|に限|限定|ライセンス|に限定)",
            ),
            (
                "research_only",
                r"(?:研究|学術)(?:的)?(?:な)?(?:・\w{1,4})?(?:目的|用途|利用|開発)?(?:で)?(?:の(?:利用|使用))?(?:のみ|に限|限定|専用|だけ)"
                r"|(?:研究|学術)(?:目的|用途|利用)?(?:以外)[^。]{0,14}?(?:不可|禁止|禁じ|できません|認め)",
            ),
            ("personal_only", r"個人(?:的)?(?:な)?(?:の)?(?:利用|使用|目的|用途)?(?:で)?(?:のみ|に限|限定)"),
            ("restricted", r"(?:商用|商業|営利)[^。]{0,24}?(?:問い合わせ|問合せ|ご連絡|ご相談|契約|申請|許諾が|許可が(?:必要|要)|別途)"),
            ("limited", r"再配布[^。]{0,8}?(?:不可|禁止|禁じ|できません)"),
        ),
        r"(?:商用|商業|営利)[^。]{0,12}問わず|商用・非商用|商用/非商用|非商用・商用|商用でも非商用",
    ),
    _Language(  # Korean
        ("상업", "영리", "연구", "학술", "개인", "재배포"),
        (
            (
                "noncommercial",
                r"비\s?(?:상업|영리)(?:적|용)?\s?(?:\w{1,6}\s?){0,2}(?:만|한정|국한|제한|한해|한하여|전용|라이선스|라이센스)"
                r"|비\s?(?:상업|영리)(?:적|용)?$"
                r"|(?<!비)(?<!비 )(?:상업|영리)(?:적|용)?[^.]{0,20}?"
                r"(?:금지|불가|금합|금하|안\s?됩|안\s?된|허용(?:되|하)지|허가(?:되|하)지|없습니다|없음|없다|삼가)",
            ),
            (
                "research_only",
                r"(?:연구|학술)(?:용|적)?\s?(?:\w{1,4}\s?){0,2}?(?:목적|용도|용)?(?:으로|에서|에|로)?만|(?:연구|학술)(?:용|적)?\s?(?:목적|용도)?[에로으]{0,2}\s?(?:한정|국한|제한|한해|전용)",
            ),
            ("personal_only", r"개인(?:적|용)?(?:인)?\s?(?:\w{1,4}\s?){0,2}?(?:목적|용도|용)?(?:으로|에서|에|로)?만"),
            ("restricted", r"(?:상업|영리)(?:적|용)?[^.]{0,24}?(?:문의|연락|별도|승인(?:이|을)|허가(?:가|를)|허락|계약)"),
            ("limited", r"재배포[^.]{0,12}?(?:금지|불가|금합|안\s?됩|없습니다)"),
        ),
        r"상업적?(?: \S{1,4})? ?(?:및|과|와|/|·|,|이나|또는|혹은) ?비상업|비상업적? ?(?:및|과|와|/|·|,|이나|또는|혹은) ?상업",
    ),
    _Language(  # Russian
        ("коммерч", "исследова", "научн", "личн", "образовательн"),
        (
            (
                "noncommercial",
                r"\bнекоммерческ\w+|\bкоммерческ\w+[^.;]{0,50}?(?:запрещ\w+|не (?:допуска|разреш|предназнач|дозвол)\w+)"
                r"|(?:запрещ\w+|нельзя|не (?:разреш|допуска|мо[жг]|след|дозвол)\w+)[^.;]{0,60}?\bкоммерческ\w+",
            ),
            (
                "research_only",
                r"\b(?:только|исключительно|лишь)\b[^.;]{0,50}?\b(?:исследовательск|исследован|научн|академическ)\w+"
                r"|\b(?:исследовательских|научных)(?: \w+){0,2} (?:цел\w+)\W{0,3}(?:только|исключительно)",
            ),
            ("personal_only", r"\b(?:только|исключительно|лишь)\b[^.;]{0,30}?\b(?:личн|персональн|образовательн)\w+"),
            ("restricted", r"\bкоммерческ\w+[^.;]{0,60}?\b(?:свяжитесь|связ\w+|обра[щт]\w+|требует\w*|необходим\w*|разрешени[яе]|приобре\w+)"),
        ),
        r"\bкоммерческ\w+ (?:и|или|так и) (?:в )?некоммерческ|некоммерческ\w+,? (?:и|или|так и) (?:в )?коммерческ|не только",
    ),
    _Language(  # French
        ("commercia", "recherche", "personnel", "privé", "académique"),
        (
            (
                "noncommercial",
                r"\b(?:usages?|utilisations?|fins?|buts?|licence|cadre|exploitation)(?: \w+)? (?:strictement |uniquement "
                r"|purement )?non[- ]commercia(?:le?s?|ux)\b"
                r"|\b(?:usage|utilisation|exploitation) commerciale?\b[^.;]{0,40}?\b(?:interdite?|prohib\w*|pas(?! de (?:restriction|limit))|exclue?)\b"
                r"|\b(?:interdi\w*|aucune?|pas d['e]\s?|n['e ][^.;]{0,30}?\bpas\b|ne doit)[^.;]{0,50}?\bcommercia(?:le?s?|ux)\b",
            ),
            (
                "research_only",
                r"\b(?:uniquement|exclusivement|seulement|strictement|réservée?s?|limitée?s?)\b[^.;]{0,40}?\b(?:recherche|académiques?)\b"
                r"|\brecherche(?: \w+){0,2} (?:uniquement|exclusivement|seulement)\b",
            ),
            (
                "personal_only",
                r"\b(?:uniquement|exclusivement|strictement|réservée?s?)\b[^.;]{0,30}?\b(?:personnel|privé)\w*|\busage (?:personnel"
                r"|privé) (?:uniquement|exclusivement|seulement)\b",
            ),
            (
                "restricted",
                r"\bcommerciale?s?\b[^.;]{0,60}?\b(?:contacte[rz]|autorisation|accord préalable|nécessite\w*)\b|\b(?:contacte[rz]"
                r"|autorisation)\b[^.;]{0,50}?\bcommercia(?:le?s?|ux)\b",
            ),
        ),
        r"\bcommerciale?s? (?:et|ou|comme|que) non[- ]commercia|\bnon[- ]commercia\w+ (?:et|ou|comme|que) commercia|pas (?:seulement|uniquement"
        r"|limité)|aucune restriction",
        _FRENCH,
    ),
    _Language(  # German
        ("kommerz", "forsch", "wissenschaft", "privat", "persönlich"),
        (
            (
                "noncommercial",
                r"\bnicht[- ]?kommerziell\w*|\bkommerzielle\w* (?:nutzung|verwendung|zwecke\w*|einsatz|gebrauch)\b[^.;]{0,50}?\b(?:untersagt|verboten"
                r"|nicht(?! (?:eingeschränkt|beschränkt|verboten|untersagt|ausgeschlossen))|ausgeschlossen|unzulässig)\b"
                r"|\b(?:kein\w*|nicht|untersagt|verboten)\b[^.;]{0,40}?\bkommerziell\w*",
            ),
            (
                "research_only",
                r"\b(?:nur|ausschlie(?:ß|ss)lich|lediglich|allein)\b[^.;]{0,40}?\b(?:\w{0,30}forschung\w*|wissenschaftlich\w*)"
                r"|\bforschungszwecken? (?:vorbehalten|beschränkt)|\bauf (?:die )?forschung\w* beschränkt",
            ),
            ("personal_only", r"\b(?:nur|ausschlie(?:ß|ss)lich|lediglich)\b[^.;]{0,30}?\b(?:privat|persönlich)\w*"),
            (
                "restricted",
                r"\bkommerziell\w*\b[^.;]{0,60}?\b(?:lizenz (?:erforderlich|nötig|benötigt)|genehmigung|erlaubnis|zustimmung|kontaktieren|anfrage\w*"
                r"|erforderlich)\b",
            ),
        ),
        r"\bkommerziell\w* (?:und|oder|als auch|sowie) (?:für )?nicht[- ]?kommerziell|\bnicht[- ]?kommerziell\w* (?:und|oder|als auch"
        r"|sowie) (?:für )?kommerziell|nicht nur"
        r"|keine? (?:einschränkung|beschränkung)\w*",
    ),
    _Language(  # Spanish, Portuguese, Italian
        ("comercia", "commercial", "investigaci", "pesquisa", "ricerca", "personal", "pessoa", "acad", "educa", "accadem"),
        (
            (
                "noncommercial",
                rf"\b{_IBERIAN_USE}\s+(?:\w+\s+)?(?:no|n[aã]o|non)[- ]comm?ercia\w+|\b{_IBERIAN_BARRED}[^.;]{{0,60}}?\bcomm?ercia\w+"
                rf"|\b{_IBERIAN_USE} comm?ercia\w+[^.;]{{0,40}}?\b{_IBERIAN_BARRED}",
            ),
            (
                "research_only",
                rf"\b{_IBERIAN_ONLY}[^.;]{{0,40}}?\b(?:investigaci[oó]n|pesquisas?|ricerca|acad[eéê]mic\w+|accademic\w+)"
                r"|\b(?:investigaci[oó]n|pesquisa|ricerca) (?:s[oó]lo|solamente|[uú]nicamente|exclusivamente|apenas|somente|soltanto)\b",
            ),
            (
                "personal_only",
                rf"\b{_IBERIAN_ONLY}[^.;]{{0,30}}?\b(?:personal(?:es|e|i)?|pessoa(?:l|is)|privad[oa]s?|educa(?:tivo|cional|cionales|cionais)s?)\b",
            ),
            (
                "restricted",
                r"\b(?:usos?|fines|fins|fini|licencia|licen[cç]a|licenza|utiliz\w+) comm?ercia\w+[^.;]{0,60}?\b(?:cont[aá]ct\w+|contat\w+"
                r"|entr\w+ em contato|permiso|permiss[aã]o|autoriza\w+|requier\w+|requer\w*)\b",
            ),
        ),
        r"\bcomm?ercia\w+ (?:y|e|o|ou|como|come) (?:no|n[aã]o|non)[- ]comm?ercia|\b(?:no|n[aã]o|non)[- ]comm?ercia\w+ (?:y|e|o|ou|como"
        r"|come) comm?ercia|sin restric|sem restri|senza restri",
        _IBERIAN,
    ),
    _Language(  # the plainest words of others
        ("commercie", "onderzoek", "komerc", "nekomerč", "ticari", "komersial", "kommersiel", "thương mại", "nghiên cứu", "تجاري"),
        (
            (
                "noncommercial",
                r"\bniet[- ]commercie\w+|\bgeen commercie\w+|\bcommercieel gebruik\b[^.;]{0,40}?\b(?:niet|verboden)\b|\bniekomercyjn\w+"
                r"|\bkomercyjn\w+[^.;]{0,40}?\b(?:zabronion|niedozwolon|zakazan)\w+|\bkommersiel\w+[^.;]{0,40}?\b(?:förbju|forbud|inte tillåt|ikke til)\w+"
                r"|\bnekomerčn\w+|\bticari olmayan|\bticari (?:amaç\w*"
                r"|kullanım\w*)[^.;]{0,30}(?:yasak|kullanılamaz|değil)"
                r"|\bnon[- ]?komersial|\bi(?:cke|kke)[- ]kommersiel\w*|phi thương mại|không[^.;]{0,30}thương mại|غير (?:ال)?تجاري",
            ),
            ("research_only", r"\b(?:alleen|uitsluitend|enkel) (?:\w+ ){0,4}?(?:voor )(?:\w+ ){0,3}?onderzoek\w*|chỉ[^.;]{0,40}nghiên cứu"),
        ),
    ),
)


def restrictions_elsewhere(sentence: str) -> Iterator[tuple[Kind, re.Match[str]]]:
    """Restrictions of a lower-case sentence, the first of each kind and language."""
    for number, language in enumerate(_LANGUAGES):
        if any(word in sentence for word in language.words) and (not language.marks or any(mark in sentence for mark in language.marks)):
            patterns, neither = _compiled(number)
            both = neither.search(sentence) is not None
            yield from ((kind, found) for kind, pattern in patterns if (kind == "limited" or not both) and (found := pattern.search(sentence)))


@cache
def _compiled(number: int) -> tuple[tuple[tuple[Kind, re.Pattern[str]], ...], re.Pattern[str]]:
    language = _LANGUAGES[number]
    return tuple((kind, re.compile(pattern)) for kind, pattern in language.patterns), re.compile(language.neither)
