package dev.lockstep.jsse;

/**
 * How a server waits while its engine waits for a private key, a session store or a verifier. {@code SSLEngine} has no word
 * for "not yet", so each way uses something that the server already does.
 */
public enum Waiting {

    /**
     * The engine answers NEED_TASK, and the delegated task blocks until the answer is there; key managers are asked in it. Works
     * with every server; costs a thread for each wait, which is cheap where tasks run on virtual threads.
     */
    TASK,

    /**
     * The engine answers NEED_TASK, and {@link LockstepEngine#taskExecutor} keeps back what the server gives it to run until the
     * answer is there. For servers that take an executor for their tasks, such as Netty's {@code SslHandler}. No thread waits.
     */
    DEFERRED,

    /**
     * The engine answers NEED_UNWRAP as if it waited for the client, and runs a hook once the answer is there: {@link
     * LockstepEngine#onWake}. For servers that can be told to try again, such as Jetty. No thread waits, except for a client that
     * sends more than {@code getPacketBufferSize} bytes behind its Finished meanwhile: there a delegated task blocks.
     */
    PARK
}
