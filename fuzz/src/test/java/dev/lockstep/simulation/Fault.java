package dev.lockstep.simulation;

/** A defect that a world can have, to see that it is found. */
public enum Fault {
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
    LEAKED_BUFFER,
    /** A key server exchanges the results of two requests. */
    ANSWER_FOR_ANOTHER,
    /** A line of the key-use log does not reach the disk, and the disk says it has. */
    LOST_LOG_LINE,
    /** A key is used without a line in the log. */
    UNLOGGED_USE,
    /** The end of the connection to a key server is not noticed. */
    UNNOTICED_LOSS,
    /** The loops of a key server are not woken when there are answers. */
    SLEEPING_KEY_SERVER
}
