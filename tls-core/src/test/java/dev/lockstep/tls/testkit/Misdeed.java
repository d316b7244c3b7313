package dev.lockstep.tls.testkit;

import dev.lockstep.tls.spec.AlertDescription;
import java.util.function.Consumer;

/**
 * Something a client should not do, and the alert it must get.
 *
 * @param name what it does
 * @param options its ClientHello
 * @param act what it sends, up to the point where it is refused
 */
public record Misdeed(String name, ClientOptions options, Consumer<Conversation> act, AlertDescription alert) {

    @Override
    public String toString() {
        return name + " -> " + alert;
    }
}
