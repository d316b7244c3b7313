package dev.lockstep.tls.internal.handshake;

import dev.lockstep.crypto.signature.KnownVerifiers;
import dev.lockstep.crypto.source.PrimitiveSources;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.answer.ScriptedStore;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessages;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.internal.handshake.Scene.Deal;
import dev.lockstep.tls.internal.handshake.Scene.Offering;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.ClientCertificate;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.HandshakeOutput;
import dev.lockstep.tls.internal.handshake.phase.History;
import dev.lockstep.tls.internal.handshake.phase.Offer;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.session.TicketKey;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.Start;
import java.lang.reflect.Proxy;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The handshakes that the conditions of the table are asked about: made of real offers, agreements and certificates. */
final class Worlds {

    private static final HelloRandom RANDOM = new HelloRandom(new byte[HelloRandom.LENGTH]);

    private static final HandshakeOutput NOWHERE = (HandshakeOutput) Proxy.newProxyInstance(
            HandshakeOutput.class.getClassLoader(), new Class<?>[] {HandshakeOutput.class}, (proxy, method, args) -> {
                throw new AssertionError("a condition sends: " + method);
            });

    private final TlsServerConfig plain = builder().build();
    private final TlsServerConfig selecting = builder()
            .credentialSelector((request, waker) -> Start.fallThrough())
            .build();
    private final ClientAuthentication wanted = plain.clientAuthentication(null);
    private final Map<Scene, Handshake> made = new HashMap<>();

    private static TlsServerConfigBuilder builder() {
        InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000L));
        return TestServers.builder(TestServers.local(TestIdentity.P256))
                .clientAuthentication(ClientAuthentication.wanted(new RecordingVerifier()))
                .sessionStore(new ScriptedStore())
                .tickets(TicketKeyRing.of(
                        List.of(TicketKey.generate(new SeededRandom(1))),
                        Duration.ofHours(1),
                        clock,
                        new SeededRandom(5)));
    }

    /** The handshake that stands as the scene says. */
    synchronized Handshake of(Scene scene) {
        return made.computeIfAbsent(scene, this::make);
    }

    private Handshake make(Scene scene) {
        TlsServerConfig config = scene.selector() ? selecting : plain;
        Handshake handshake = new Handshake(config, NOWHERE, new History(config));
        Deal deal = scene.deal();
        if (deal == null) {
            handshake.offer.set(offer(config, scene.offering()));
        } else {
            handshake.agreement.set(agreement(deal));
        }
        if (scene.claimed()) {
            handshake.client.claimed.set(certificate());
        }
        return handshake;
    }

    private static Offer offer(TlsServerConfig config, Offering offering) {
        ClientOptions options = ClientOptions.defaults();
        switch (offering) {
            case NOTHING -> {}
            case TICKET -> options.ticket(new byte[100]);
            case ID -> options.sessionId(new byte[32]);
        }
        byte[] record = new ScriptedClient(options)
                .sends(ClientMessages.clientHello())
                .takeRecords()
                .get(0);
        int headers = 5 + 4;
        int length = record.length - headers;
        return new Offer(config, ClientHello.parse(new WireReader(record, headers, length)), length);
    }

    private Agreement agreement(Deal deal) {
        CipherSuite suite = CipherSuite.valueOf("TLS_" + deal.exchange() + "_WITH_AES_128_GCM_SHA256");
        Agreement.Builder builder = new Agreement.Builder(suite, RANDOM, RANDOM);
        builder.resumed = deal.resumed();
        builder.stapledResponse = deal.stapled() ? new byte[1] : null;
        builder.clientAuthentication = deal.asks() ? wanted : ClientAuthentication.none();
        builder.identityHint = deal.hint();
        builder.givesTicket = deal.ticket();
        return builder.build();
    }

    private ClientCertificate certificate() {
        try {
            return ClientCertificate.parse(
                    List.of(TestIdentity.P256.certificate().getEncoded()),
                    wanted,
                    new KnownVerifiers(1, PrimitiveSources.JAVA));
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }
}
