"""A fresh account: a chain of cafés, its campaigns and its guests; of any size."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import product

from sandbox.coupontools.account import Account, Campaign, Person, seconds
from sandbox.coupontools.seed_areas import furnish

KEYS = ("sandbox-id", "sandbox-secret")
DAY = 86_400
FOOD, FUN = ("cat_12", "Food"), ("cat_15", "Leisure")
SPLASH = "cam_123456"
TEMPLATES = (
    ("cam_100001", "Template: Percentage off", "Percentage off"),
    ("cam_100002", "Template: Free coffee", "Free coffee"),
    ("cam_100003", "Template: Buy one get one", "Buy one, get one"),
)
# name, title, status, category, tags, folder, sessions, saved to a wallet
CAMPAIGNS = (
    ("Summer splash", "20% off all ice cream", "active", FOOD, "summer,food", "31", 1240, 812),
    ("Back to school", "Free sandwich box", "active", FOOD, "school", "31", 210, 96),
    ("Second coffee half price", "Half price", "active", FOOD, "coffee,food", "32", 480, 301),
    ("🎉 Anniversaire — 20 % pour tous", "20 %", "active", FOOD, "birthday", "", 64, 40),
    ("عرض نهاية الأسبوع", "خصم ١٠٪", "active", FOOD, "weekend", "", 33, 20),
    ("<!channel> Free tickets", "Two for the cinema", "active", FUN, "cinema", "", 12, 5),
    ("Sunday brunch for two", "One brunch free", "active", FOOD, "food,weekend", "32", 150, 77),
    ("Student night", "Three for two", "active", FUN, "students", "", 95, 60),
    ("Birthday treat", "A cake on the house", "active", FOOD, "birthday,food", "32", 320, 188),
    ("Black Friday early access", "30% off", "inactive", FUN, "sale", "31", 700, 350),
    ("Winter warmers", "Free soup", "inactive", FOOD, "winter,food", "31", 260, 90),
    ("Opening week Antwerp", "Welcome drink", "inactive", FUN, "opening", "", 45, 0),
)
WHEN = (
    *("Spring", "Summer", "Autumn", "Winter", "Easter", "Monday", "Friday", "Weekend", "Midweek"),
    *("Lunch", "Morning", "Evening", "Holiday", "Early bird", "Late night", "Family", "Student"),
    *("Anniversary", "Carnival", "Harvest"),
)
WHAT = (
    *("coffee", "waffles", "brunch", "soup", "tickets", "ice cream", "salad", "breakfast", "cake"),
    *("tea", "pizza", "pasta", "burgers", "tapas", "cocktails", "lemonade", "pancakes", "bowls"),
    *("sandwiches", "chocolates"),
)
WHERE = (
    *("Ghent", "Antwerp", "Bruges", "Brussels", "Leuven", "Mechelen", "Hasselt", "Namur", "Liège"),
    *("Ostend", "Kortrijk", "Mons", "Aalst", "Genk", "Tournai", "Utrecht", "Lille", "Breda"),
    *("Cologne", "Aachen", "Paris", "Delft", "Leiden", "Metz", "Trier"),
)
FIRST = (
    *("Mia", "Noah", "Emma", "Louis", "Olivia", "Arthur", "Lina", "Jules", "Ella", "Adam", "Nora"),
    *("Victor", "Alice", "Liam", "Fatima", "Yusuf", "Zoë", "Luca", "Sofia", "Finn", "Anna"),
)
LAST = (
    *("Vos", "Peeters", "Janssens", "Maes", "Jacobs", "Willems", "Claes", "Wouters", "Dubois"),
    *("Lambert", "Martin", "Diallo", "Yilmaz", "Rossi", "Schmidt", "Novak", "Haddad", "Khan"),
    *("De Smet", "Van Damme"),
)


def fresh(
    seed: int = 1,
    campaigns: int | None = None,
    sessions: int | None = None,
    balance: int | None = None,
) -> Account:
    """Without figures, the usual account. `sessions` are all those of cam_123456, and the only.

    `balance` is how many mails, and how many text messages, are paid for.
    """
    account, now = Account(seed, KEYS), seconds()
    furnish(account)
    if balance is not None:
        account.post.balance = {"email": balance, "sms": balance}
    account.folders = {"31", "32"}
    _add_templates(account, now)
    for place, row in enumerate(CAMPAIGNS[:campaigns]):
        id = SPLASH if place == 0 else f"cam_{123_500 + 7 * place}"
        name, title, status, category, tags, folder, amount, saved = row
        campaign = account.add_campaign(
            name,
            id,
            title=title,
            subtitle="One per guest",
            description=f"<p>{title}</p>",
            status=status,
            category=category,
            tags=tags,
            folder=folder,
            image=f"https://images.example.test/{id}.png",
            expiry=_ends(60 if status == "active" else -20),
            created=now - (120 - place) * DAY,
        )
        if sessions is not None:
            amount, saved = (sessions, sessions * 812 // 1240) if place == 0 else (0, 0)
        _add_guests(account, campaign, amount, saved)
    _add_more(account, (campaigns or 0) - len(CAMPAIGNS), now)
    return account


def _add_templates(account: Account, now: int) -> None:
    for place, (id, name, title) in enumerate(TEMPLATES):
        account.templates.add(id)
        account.add_campaign(
            name,
            id,
            title=title,
            subtitle="Show at the till",
            description="<p>Show at the till</p>",
            status="example",
            category=FOOD,
            image=f"https://images.example.test/{id}.png",
            created=now - (400 - place) * DAY,
        )


def _add_more(account: Account, amount: int, now: int) -> None:
    names = list(product(WHEN, WHAT, WHERE)) if amount > 0 else []
    for place in range(max(amount, 0)):
        when, what, where = names[place * 7919 % len(names)]
        round_ = f" {place // len(names) + 1}" if place >= len(names) else ""
        account.add_campaign(
            f"{when} {what} {where}{round_}",
            title=f"{what.capitalize()} for less",
            status="inactive" if place % 5 == 4 else "active",
            category=FOOD,
            tags=what,
            created=now - 90 * DAY + place,
        )


def _add_guests(account: Account, campaign: Campaign, amount: int, saved: int) -> None:
    """The first `saved` of them hold a wallet pass; the last few were voided."""
    now, expiry = seconds(), campaign.expiry
    begin, step = campaign.created + DAY, 80 * DAY / max(amount, 1)
    for place, session in enumerate(account.add_sessions(campaign, amount)):
        at = min(begin + int(place * step), now - 3600)
        session.created, session.person, session.expiry = at, guest(session.sequence), expiry
        session.own_code = f"{session.sequence:010d}"
        if place < saved:
            session.passbook = at + 300 if place % 5 < 3 else 0
            session.androidpay = at + 300 if place % 5 >= 3 or place % 50 == 0 else 0
        session.opened = at + 60 if place < saved or place % 8 else 0
        session.claimed = at + 600 if session.opened and place % 5 < 2 else 0
        session.validated = at + 1200 if session.claimed and place % 2 else 0
        if place >= saved and place % 40 == 39:
            session.voided, session.voided_at = True, at + 1800


@lru_cache(maxsize=10_000)
def guest(number: int) -> Person:
    """Somebody, always the same for a number; one in eight left no telephone."""
    number -= 20_000_001
    first, last = FIRST[number % len(FIRST)], LAST[number % len(LAST)]
    round_ = number // (len(FIRST) * len(LAST))
    mailbox = f"{first}.{last}".lower().replace(" ", "").replace("ë", "e")
    phone = f"+3247{number % 10_000_000:07d}" if number % 8 != 7 else ""
    return Person(first, last, f"{mailbox}{round_ or ''}@example.test", phone)


def _ends(days: int) -> str:
    end = datetime.now(UTC).replace(hour=0, minute=0, second=0) + timedelta(days=days)
    return end.strftime("%Y-%m-%d %H:%M:%S")
