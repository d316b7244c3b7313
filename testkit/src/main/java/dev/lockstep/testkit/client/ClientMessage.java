package dev.lockstep.testkit.client;

/** Something a scripted client can send; {@link ClientMessages} has them all. */
@FunctionalInterface
public interface ClientMessage {

    /** Has the client send it. */
    void writeTo(ScriptedClient client);
}
