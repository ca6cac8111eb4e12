"""Writers of one SQLite file take turns: nobody is passed over, nobody waits for ever."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from store.db import Store
from store.turns import Turns


def test_who_came_first_goes_first() -> None:
    turns, order = Turns(), list[int]()

    def waits(number: int) -> None:
        turns.take(30)
        order.append(number)
        turns.give()

    turns.take(0)
    threads = [Thread(target=waits, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
        time.sleep(0.02)
    turns.give()
    for thread in threads:
        thread.join()
    assert order == list(range(8))
    turns.take(0)  # nobody has it any more


def test_who_gives_up_leaves_the_turn_to_the_next() -> None:
    turns = Turns()
    turns.take(0)
    with pytest.raises(OperationalError, match="locked"):
        turns.take(0.01)
    turns.give()
    turns.take(0)


def test_a_transaction_that_fails_gives_its_turn_away(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/a.db")
    for _ in range(2):
        with pytest.raises(OperationalError, match="no such table"), store.begin() as tx:
            tx.execute(text("INSERT INTO nowhere VALUES (1)"))
    with store.begin(patience=0) as tx:
        tx.execute(text("CREATE TABLE something (at INTEGER)"))
    store.close()


def test_of_a_crowd_of_writers_nobody_is_passed_over(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/a.db")
    with store.begin() as tx:
        tx.execute(text("CREATE TABLE wrote (who INTEGER)"))

    def writes(who: int) -> None:
        for _ in range(20):
            with store.begin(patience=60) as tx:
                tx.execute(text("INSERT INTO wrote VALUES (:who)"), {"who": who})
                time.sleep(0.001)

    with ThreadPoolExecutor(16) as crowd:
        list(crowd.map(writes, range(16)))
    with store.look() as tx:
        first = tx.execute(text("SELECT who FROM wrote ORDER BY rowid LIMIT 160")).all()
    assert {who for (who,) in first} == set(range(16))  # none waits until all others are done
    store.close()
