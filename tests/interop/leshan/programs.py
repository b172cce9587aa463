"""The programs in Java that drive Leshan's libraries, and how they name the codes of answers."""

JAVA = None

CONTENT, CHANGED, CREATED, DELETED = "CONTENT(205)", "CHANGED(204)", "CREATED(201)", "DELETED(202)"


def command(program, *arguments):
    """The command line of a program."""
    return [*JAVA, program, *arguments]
