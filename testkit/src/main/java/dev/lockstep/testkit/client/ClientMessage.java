package dev.lockstep.testkit.client;

/** Something a scripted client can send; {@link ClientMessages} has them all. */
@FunctionalInterface
public interface ClientMessage {

    void writeTo(ScriptedClient client);
}
