package dev.lockstep.tls.testkit;

/** Something a scripted client can send; {@link ClientMessages} has them all. */
@FunctionalInterface
public interface ClientMessage {

    void writeTo(ScriptedClient client);
}
