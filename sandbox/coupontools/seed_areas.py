"""The rest of a fresh account: loyalty, directories, categories, groups, accounts below."""

from datetime import UTC, datetime, timedelta

from sandbox.coupontools.account import LETTERS, Account, seconds
from sandbox.coupontools.holders import Holding
from sandbox.coupontools.registrations import Category
from sandbox.coupontools.subaccounts import add

DAY = 86_400
OWNER = "owner@example.test"
TEAMMATES = ("41", "42")
FIRST = (
    *("Ada", "Bram", "Chloë", "Dries", "Elif", "Femke", "Gus", "Hanne", "Ilias", "Jana", "Karim"),
    *("Lotte", "Milan", "Nina", "Otis", "Pia", "Quinten", "Rania", "Seppe", "Tess"),
)
LAST = (
    *(
        "Stone",
        "Aerts",
        "Baert",
        "Coppens",
        "De Wit",
        "El Amrani",
        "Fontaine",
        "Goossens",
        "Hendrix",
    ),
    *("Ivanova", "Jansen"),
)
CITIES = (("9000", "Ghent"), ("2000", "Antwerp"), ("8000", "Bruges"), ("3000", "Leuven"))
# name, type, domain, holders: some people hold two cards
CARDS = (
    ("Coffee card", "stamp", "save2wallet.link", range(0, 24)),
    ("Members", "membership", "loyalty.coupontools.com", range(18, 32)),
    ("Points club", "points", "save2wallet.link", range(28, 40)),
)
CATEGORIES = (
    Category("cat_3", "Restaurants", main=True),
    Category("cat_4", "Going out", main=True),
    Category("cat_12", "Food", "cat_3"),
    Category("cat_15", "Leisure", "cat_4"),
    Category("cat_121", "Coffee", "cat_12"),
    Category("cat_122", "Sandwiches", "cat_12"),
    Category("cat_151", "Cinema", "cat_15"),
)
DIRECTORIES = (("City deals", ("cam_123456", "cam_123507"), 118), ("Student nights", (), 12))
Below = tuple[str, str, str, str, str, int, tuple[str, ...]]
SUBACCOUNTS: tuple[Below, ...] = (
    ("shop@example.test", "Ada", "Stone", "Stone Bakery", "customer", 400, ("active", "example")),
    ("bar@example.test", "Noor", "Baert", "Bar Baert", "trial", 20, ("active",)),
    ("old@example.test", "Otis", "Jansen", "Jansen & Co", "customer", -30, ()),
)
GROUPS = (
    ("sms", "Keyword lunch", 6),
    ("sms", "Keyword dinner", 3),
    ("email", "Newsletter", 0),
)


def furnish(account: Account) -> None:
    account.email, account.teammates = OWNER, TEAMMATES
    account.post.email = account.post.sms = True
    _add_cards(account, seconds())
    _add_directories(account, seconds())
    for kind, name, members in GROUPS:
        group = account.post.add_group(kind, name)
        group.contacts += [{"phone": _phone(at), "first_name": FIRST[at]} for at in range(members)]
    for place, row in enumerate(SUBACCOUNTS):
        _add_subaccount(account, place, row)


def _add_cards(account: Account, now: int) -> None:
    """Two in three hold their card in a wallet; the last of each card was voided."""
    loyalty = account.loyalty
    for at in range(CARDS[-1][-1].stop):
        first, last = FIRST[at % len(FIRST)], LAST[at % len(LAST)]
        zip, city = CITIES[at % len(CITIES)]
        email = f"{_mailbox(first)}.{_mailbox(last)}@example.test"
        about = {"first_name": first, "last_name": last, "zip": zip, "city": city}
        holder = loyalty.add_holder(now - (90 - at) * DAY, email=email, phone=_phone(at), **about)
        holder.address = f"{at + 1} Mill Lane"
    holders = [*loyalty.holders.values()]
    for place, (name, type, domain, who) in enumerate(CARDS):
        created = now - (300 - place) * DAY
        card = loyalty.add_card(account.token(6, LETTERS), name, type, domain, created)
        for at in who:
            points = 0 if type == "membership" else at * (1 if type == "stamp" else 25) % 500
            held = Holding(
                holders[at], holders[at].created, points % 10 if type == "stamp" else points
            )
            held.saved, held.voided = at % 3 != 2, at == who[-1]
            card.holdings[holders[at].id] = held


def _add_directories(account: Account, now: int) -> None:
    account.directories.categories = [*CATEGORIES]
    for name, campaigns, amount in DIRECTORIES:
        directory = account.directories.add(name, [*campaigns])
        for at in range(amount):
            first, last = FIRST[at % len(FIRST)], LAST[at * 7 % len(LAST)]
            email = f"{_mailbox(first)}.{_mailbox(last)}.{at}@example.test"
            user = account.directories.register(
                directory, now - (amount - at) * DAY // 2, email, first_name=first, last_name=last
            )
            user.phone, user.paid = _phone(at), at % 4 == 0


def _add_subaccount(account: Account, place: int, row: Below) -> None:
    email, first, last, company, status, days, campaigns = row
    about = {"first_name": first, "last_name": last, "company_name": company, "country": "BE"}
    found = add(account, email, status=status, package="pac_7", **about)
    end = datetime.now(UTC) + timedelta(days=days)
    found.account.expiry = end.strftime("%Y-%m-%d")
    found.logins, found.last_login = 12 - 5 * place, seconds() - (place + 1) * DAY
    for at, state in enumerate(campaigns):
        name = f"{company} {at + 1}"
        found.account.add_campaign(name, f"cam_{300_001 + 10 * place + at}", status=state)


def _mailbox(name: str) -> str:
    return name.lower().replace(" ", "").replace("ë", "e")


def _phone(number: int) -> str:
    return f"+32470{100_000 + 37 * number:06d}"
