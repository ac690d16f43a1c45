"""What is said reaches everybody who listens, and is not lost where nobody does yet."""

from annotator.messages import Answer, Message, MessageBoard


def test_every_listener_gets_every_message_in_order():
    board = MessageBoard()
    first: list[Message] = []
    second: list[Message] = []
    board.subscribe(first.append)
    board.subscribe(second.append)
    board.say(Message("info", "one"))
    board.say(Message("error", "two"))
    assert [m.text for m in first] == ["one", "two"]
    assert first == second


def test_what_was_said_before_is_given_to_the_first_listener_only():
    board = MessageBoard()
    board.say(Message("warning", "early"))
    first: list[Message] = []
    second: list[Message] = []
    board.subscribe(first.append)
    board.subscribe(second.append)
    assert [m.text for m in first] == ["early"]
    assert second == []


def test_only_the_newest_are_kept_for_later():
    board = MessageBoard()
    for number in range(100):
        board.say(Message("info", str(number)))
    heard: list[Message] = []
    board.subscribe(heard.append)
    assert [m.text for m in heard] == [str(number) for number in range(80, 100)]


def test_who_has_stopped_listening_hears_nothing():
    board = MessageBoard()
    heard: list[Message] = []
    stop = board.subscribe(heard.append)
    stop()
    board.say(Message("info", "late"))
    assert heard == []
    board.subscribe(heard.append)
    assert [m.text for m in heard] == ["late"]


def test_an_answer_is_run_by_whoever_shows_it():
    done: list[str] = []
    message = Message("warning", "Keep it?", (Answer("Keep", lambda: done.append("kept")),))
    message.answers[0].run()
    assert done == ["kept"]
