package dev.lockstep.fuzz.targets;

import dev.lockstep.fuzz.Input;
import dev.lockstep.fuzz.Target;
import dev.lockstep.tls.internal.message.Alert;
import dev.lockstep.tls.internal.message.CertificateMessage;
import dev.lockstep.tls.internal.message.CertificateRequest;
import dev.lockstep.tls.internal.message.CertificateStatus;
import dev.lockstep.tls.internal.message.CertificateVerify;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.message.ClientKeyExchange;
import dev.lockstep.tls.internal.message.Finished;
import dev.lockstep.tls.internal.message.HelloRequest;
import dev.lockstep.tls.internal.message.NewSessionTicket;
import dev.lockstep.tls.internal.message.PskServerKeyExchange;
import dev.lockstep.tls.internal.message.ServerHello;
import dev.lockstep.tls.internal.message.ServerHelloDone;
import dev.lockstep.tls.internal.message.ServerKeyExchange;
import dev.lockstep.tls.spec.KeyExchange;
import java.util.ArrayList;
import java.util.List;

/** Every handshake message of both sides, ClientHello with its extensions, and alerts. The first byte chooses the message. */
public final class MessagesTarget implements Target {

    private static final int MAX_CERTIFICATES = 10;
    private static final int MAX_CHAIN = 1 << 16;

    private final List<Shape<?>> shapes = new ArrayList<>();

    /** A target with the parsers of every message. */
    public MessagesTarget() {
        shapes.add(Shape.hello(ClientHello::parse));
        shapes.add(Shape.message(body -> CertificateMessage.parse(body, MAX_CERTIFICATES, MAX_CHAIN)));
        shapes.add(Shape.message(CertificateVerify::parse));
        shapes.add(Shape.message(Finished::parse));
        for (KeyExchange exchange : KeyExchange.values()) {
            shapes.add(Shape.message(body -> ClientKeyExchange.parse(exchange, body)));
        }
        shapes.add(new Shape<>(Alert::parse, (alert, out) -> out.bytes(alert.encode()), true));
        shapes.add(Shape.hello(ServerHello::parse));
        shapes.add(Shape.message(HelloRequest::parse));
        shapes.add(Shape.message(ServerHelloDone::parse));
        shapes.add(Shape.message(NewSessionTicket::parse));
        shapes.add(Shape.message(CertificateStatus::parse));
        shapes.add(Shape.message(CertificateRequest::parse));
        shapes.add(Shape.message(body -> ServerKeyExchange.parse(KeyExchange.ECDHE_ECDSA, body)));
        shapes.add(Shape.message(body -> ServerKeyExchange.parse(KeyExchange.DHE_RSA, body)));
        for (KeyExchange exchange : KeyExchange.values()) {
            if (exchange.usesPsk()) {
                shapes.add(Shape.message(body -> PskServerKeyExchange.parse(exchange, body)));
            }
        }
    }

    @Override
    public void run(byte[] bytes) {
        Input input = new Input(bytes);
        shapes.get(input.below(shapes.size())).check(input.rest());
    }
}
