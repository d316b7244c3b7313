package dev.lockstep.conversations.oracle;

import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.tls.config.RenegotiationPolicy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Conversations that are more than a point of the matrix, by the names that they are recorded under. */
abstract class Scenes {

    /** What happens in a conversation. */
    record Scene(Setup setup, RenegotiationPolicy policy, Consumer<Talk> act) {}

    private final Map<String, Scene> all = new LinkedHashMap<>();

    Map<String, Scene> all() {
        return all;
    }

    final void put(String name, Setup setup, Consumer<Talk> act) {
        put(name, setup, Talk.RENEGOTIATES, act);
    }

    final void put(String name, Setup setup, RenegotiationPolicy policy, Consumer<Talk> act) {
        if (all.put(setup + " / " + name, new Scene(setup, policy, act)) != null) {
            throw new IllegalStateException("two of " + setup + " / " + name);
        }
    }

    /** A client that differs from the first. */
    final void unusual(String name, Setup setup, Consumer<ClientOptions> change) {
        put(name, setup, talk -> {
            change.accept(talk.options());
            talk.hello().flight().ends();
        });
    }

    /** A client that differs in its second handshake. */
    final void later(String name, Setup setup, Consumer<ClientOptions> change) {
        put("later " + name, setup, talk -> {
            talk.hello().flight();
            change.accept(talk.options());
            talk.helloAgain().flight().ends();
        });
    }

    /**
     * In the first handshake and in a second one with the same offer.
     *
     * @param before what happens before the ClientHello
     * @param after what happens after it
     */
    final void twice(String name, Setup setup, Consumer<Talk> before, Consumer<Talk> after) {
        put(name, setup, talk -> {
            before.accept(talk);
            after.accept(talk.hello());
        });
        put("later " + name, setup, talk -> {
            talk.hello().flight();
            before.accept(talk);
            after.accept(talk.helloAgain());
        });
    }
}
