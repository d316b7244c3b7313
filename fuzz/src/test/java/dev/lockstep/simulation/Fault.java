package dev.lockstep.simulation;

/** A defect that a world can have, to see that it is found. */
enum Fault {
    NONE,
    /** Now and then the loop does not hear that a connection was woken. */
    LOST_WAKE_UP,
    /** An operation is asked for its result by two parts of the program. */
    DOUBLE_COMPLETION,
    /** A copy of a secret is handed on, and the original stays. */
    UNWIPED_SECRET,
    /** The loop serves the connection first that came last. */
    STARVED_CONNECTION,
    /** A connection that fails does not give its buffers back. */
    LEAKED_BUFFER
}
