package dev.lockstep.simulation;

import dev.lockstep.testkit.client.ClientAuthMessages;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientMessages;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.Mutator;
import dev.lockstep.tls.spec.AlertDescription;
import java.util.Random;

/** What a client that is not honest sends: messages out of order, damaged ones, and any bytes, under the keys that it has. */
final class Hostile {

    private static final int KINDS = 20;
    private static final int MOST_BYTES = 600;

    private Hostile() {}

    /** Lets the client send something. */
    static void sends(Client client, Choices choices) {
        int kind = choices.below(KINDS);
        switch (kind) {
            case 0 -> client.sendsFlight();
            case 1 -> client.sends(nothing(), nothing()); // it only waits for what comes next
            case 2 -> {
                byte[] body = choices.bytes(choices.below(MOST_BYTES));
                client.sends(ClientMessages.strayHandshake(choices.below(26), body), nothing());
            }
            case 3 -> {
                byte[] content = choices.bytes(choices.below(MOST_BYTES));
                client.sends(ClientMessages.record(19 + choices.below(6), content), nothing());
            }
            case 4 -> client.sends(ClientMessages.raw(choices.bytes(1 + choices.below(64))), nothing());
            case 5 -> {
                Mutator mutator = new Mutator(new Random(choices.below(1 << 16)));
                ClientMessage honest = message(choices.below(KINDS));
                client.sends(ClientMessages.damaged(honest, mutator::mutated), nothing());
            }
            case 6 -> {
                Mutator mutator = new Mutator(new Random(choices.below(1 << 16)));
                client.sends(ClientMessages.clientHello(mutator::mutated), nothing());
            }
            case 7 -> {
                Mutator mutator = new Mutator(new Random(choices.below(1 << 16)));
                client.sends(ClientMessages.clientKeyExchange(mutator::mutated), stray(16, 34));
            }
            default -> client.sends(message(kind), stray(16, 34));
        }
    }

    private static ClientMessage message(int kind) {
        return switch (kind) {
            case 8 -> ClientMessages.clientHello();
            case 9 -> ClientMessages.renegotiatingClientHello();
            case 10 -> ClientAuthMessages.certificate(Server.CLIENT);
            case 11 -> ClientAuthMessages.noCertificate();
            case 12 -> ClientMessages.clientKeyExchange();
            case 13 -> ClientAuthMessages.certificateVerify(Server.CLIENT);
            case 14 -> ClientMessages.changeCipherSpec();
            case 15 -> ClientMessages.finished();
            case 16 -> ClientMessages.finished(proof -> Bytes.flipped(proof, -1));
            case 17 -> ClientMessages.closeNotify();
            case 18 -> ClientMessages.warningAlert(AlertDescription.USER_CANCELED);
            default -> ClientMessages.applicationData(new byte[] {1});
        };
    }

    private static ClientMessage nothing() {
        return client -> {};
    }

    private static ClientMessage stray(int type, int length) {
        return ClientMessages.strayHandshake(type, new byte[length]);
    }
}
