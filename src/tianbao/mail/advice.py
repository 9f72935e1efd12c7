"""What a mail server's refusal means, and what the office does about it.

    550, "Ip frequency limited" ──advise──▶ U-SMTP-FREQUENCY, and the whole run stops

In:   status and words of an SMTP answer.
Out:  a code of the catalogues; whether it is about the sender or the pace, so that the next mail would fare no better.
Knows nothing of connections. The words are those that providers publish; what none of them says is known by its status.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

FREQUENCY = "U-SMTP-FREQUENCY"
SIMILAR = "U-SMTP-SIMILAR"
QUOTA = "U-SMTP-QUOTA"
BLOCKED = "U-SMTP-BLOCKED"
LOGIN = "U-SMTP-LOGIN"
DOWN = "U-SMTP-DOWN"
SENDER = "U-SMTP-SENDER"
HEADER = "U-SMTP-HEADER"
RECIPIENT = "U-SMTP-RECIPIENT"
FULL = "U-SMTP-FULL"
SIZE = "U-SMTP-SIZE"
SPAM = "U-SMTP-SPAM"
RELAY = "U-SMTP-RELAY"
LATER = "U-SMTP-LATER"
REFUSED = "U-SMTP-REFUSED"

#: What is about the sender, the account or the pace, and not about one mail: every further mail would make it worse.
_STOPS = frozenset({FREQUENCY, SIMILAR, QUOTA, BLOCKED, LOGIN, DOWN, SENDER, HEADER, SPAM})


@dataclass(frozen=True, slots=True)
class Advice:
    """What an answer means.

    Attributes:
        code: in the catalogues; empty where nothing is known.
        stops: whether the whole run should end here.
    """

    code: str
    stops: bool


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


#: The first that fits says what it is: what names a limit stands before what only names a mail or its recipient.
_SAID: Sequence[tuple[re.Pattern[str], str]] = (
    # 163 and 126 write a key, and explain it on a page of theirs; QQ and exmail write a sentence.
    (_words(r"MI:(?:DMC|CCL|CEL|SFQ)", r"RP:(?:DRC|CCL|CEL|QRC|RCL)", r"HL:(?:IFC|IFQ|ICC|REP)"), FREQUENCY),
    (_words(r"MI:STC", r"RP:TRC"), QUOTA),
    (_words(r"HL:(?:IPB|IHU|MEP)", r"WM:BL[IU]", r"MI:SPB", r"DT:RBL"), BLOCKED),
    (_words(r"DT:SUM", r"MI:(?:SPF|DMA|IMF)"), SENDER),
    (_words(r"DT:SPM"), SPAM),
    (
        _words(
            r"(?:类似|相似|相同)(?:的)?(?:信件|邮件|内容)",
            r"(?:similar|same[- ]size) (?:e?mail|message|content|letter)",
        ),
        SIMILAR,
    ),
    (
        _words(
            r"sending quota|(?:daily|per day|24 ?h).*(?:quota|limit|exceed)",
            r"(?:quota|limit|exceed|too many).*(?:daily|per day|a day|today|24 ?h)",
            r"(?:当日|当天|每日|今日|今天|日发送).*(?:限|超)",
        ),
        QUOTA,
    ),
    (
        _words(
            r"frequency|too frequent|too fast|slow down|rate[- ]?limit|throttl",
            r"too many (?:connections|messages|e?mails|requests|commands|sessions)",
            r"频率|频繁|过快|(?:连接|邮件|信件).*过多|过多.*(?:连接|邮件|信件)|超过.*(?:次数|封数)",
        ),
        FREQUENCY,
    ),
    (
        _words(
            r"black[- ]?(?:list|ip)|block[- ]?list|\bRBL\b|spamhaus|IP is rejected|too much fail authentication|auth error limit",
            r"(?:\bip\b|account|user|sender|mailbox).{0,30}(?:blocked|locked|banned|disabled|suspended|frozen|abnormal)",
            r"黑名单|(?:帐号|账号|账户|帐户|用户|邮箱|IP).*(?:禁|锁定|冻结|封|停用|异常)",
        ),
        BLOCKED,
    ),
    (
        _words(
            r"auth\w* (?:is )?(?:required|failed|failure|first)|login fail|need auth|not logged in|no permission",
            r"授权码|(?:认证|验证|登录)(?:失败|错误)|(?:请|需要?|未)(?:先)?(?:认证|登录)",
        ),
        LOGIN,
    ),
    (_words(r"header\W.*(?:missing|invalid)|(?:missing|invalid|bad) .{0,12}header|RFC ?5322|信头"), HEADER),
    (
        _words(
            r"from (?:address )?must (?:equal|be)|sender.{0,40}(?:not owned|not match|mismatch|rejected|denied)",
            r"not (?:authorized|allowed) to send as|\bSPF\b|DMARC|DKIM",
            r"(?:发件人|发信人).*(?:不一致|不符|不匹配|必须)",
        ),
        SENDER,
    ),
    (
        _words(
            r"content denied|spam|junk|virus|malicious|illegal attachment|(?:content|message) (?:is )?(?:rejected|blocked)",
            r"垃圾|病毒|敏感|违规|内容.*(?:拒绝|拦截)",
        ),
        SPAM,
    ),
    (_words(r"gr[ea]y-?list"), LATER),
    (
        _words(
            r"(?:mailbox|inbox|user|recipient|disk|storage).{0,30}(?:full|quota|exceed)|over ?quota|quota exceeded",
            r"insufficient (?:system )?storage|[45]\.2\.2|(?:邮箱|信箱|空间).*(?:满|不足)|超出.*容量",
        ),
        FULL,
    ),
    (
        _words(
            r"(?:size|message|mail|attachment).{0,20}(?:too (?:large|big)|exceed)|exceed.{0,20}size|too large",
            r"5\.3\.4|5\.2\.3|(?:邮件|信件|附件).*(?:过大|太大|超过.*大小)",
        ),
        SIZE,
    ),
    (_words(r"relay|RP:FRL|中继"), RELAY),
    (
        _words(
            r"(?:user|recipient|mailbox|account|address|rcpt).{0,40}"
            r"(?:not found|not exist|n.t exist|unknown|not known|invalid|unavailable|rejected|inactive)",
            r"(?:no such|unknown|invalid|unavailable|not|bad|non-?exist\w*) (?:local |mail )?(?:user|recipient|mailbox|account|address|rcpt)",
            r"n.t exists? that user|not have an account|5\.1\.[0-9]|(?:domain|host) (?:not found|unknown)|(?:收件人|用户|帐号|账号|邮箱|地址).*(?:不存在|无效|未找到)",
        ),
        RECIPIENT,
    ),
    (_words(r"try (?:again )?later|temporar|busy|稍后|暂时|繁忙"), LATER),
)

#: What names an account that is closed, where the server was asked about the recipient, does not mean the sender's.
_OF_THE_SENDER = _words(r"\bip\b|sender|list|RBL|spamhaus|auth|[A-Z]{2}:[A-Z]{3}|黑名单")

#: Where no words say more.
_BY_STATUS = {
    421: DOWN,
    450: LATER,
    451: LATER,
    452: LATER,
    454: LATER,
    526: LOGIN,
    530: LOGIN,
    534: LOGIN,
    535: LOGIN,
    538: LOGIN,
    552: SIZE,
    553: RECIPIENT,
}


def advise(status: int, text: str, *, about_recipient: bool = False) -> Advice:
    """Return what an answer means.

    Args:
        status: its number.
        text: its words.
        about_recipient: whether the recipient was what the server had been asked about.

    >>> advise(550, "Ip frequency limited"), advise(550, "User not found: zhang@163.com")
    (Advice(code='U-SMTP-FREQUENCY', stops=True), Advice(code='U-SMTP-RECIPIENT', stops=False))
    """
    code = next((code for pattern, code in _SAID if pattern.search(text)), "")
    if code == BLOCKED and about_recipient and not _OF_THE_SENDER.search(text):
        code = RECIPIENT
    # A server that ends the conversation says goodbye to every mail, whatever it says about this one.
    if not code or (status == 421 and code == LATER):  # noqa: PLR2004 (SMTP's own)
        code = _BY_STATUS.get(status, LATER if status < 500 else REFUSED)  # noqa: PLR2004
    return Advice(code, stops=code in _STOPS or status == 421)  # noqa: PLR2004
