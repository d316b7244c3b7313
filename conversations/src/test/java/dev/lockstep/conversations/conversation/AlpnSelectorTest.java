package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.tls.config.ApplicationProtocolSelector;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Code that chooses what runs inside: RFC 7301 3.2. */
class AlpnSelectorTest {
    private static final int ALPN = 16;

    private static ClientOptions offering(String... protocols) {
        return ClientOptions.offering(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
                .serverName("www.example.org")
                .protocols(protocols);
    }

    private static TlsServerConfig selecting(ApplicationProtocolSelector selector, boolean require) {
        return builder(local(TestIdentity.RSA_2048))
                .applicationProtocols(List.of("not asked"))
                .applicationProtocolSelector(selector)
                .requireApplicationProtocol(require)
                .build();
    }

    @Test
    void theSelectorSeesTheOfferAndTheHostAndItsChoiceIsAnswered() {
        List<Object> seen = new ArrayList<>();
        TlsServerConfig config = selecting(
                (offered, host) -> {
                    seen.add(offered);
                    seen.add(host);
                    return offered.get(1);
                },
                true);
        byte[] answer = Conversation.of(config, offering("h2", "http/1.1"), Forms.PLAIN)
                .completes()
                .client()
                .serverExtension(ALPN);
        assertThat(answer).startsWith(0, 9, 8, 'h', 't', 't', 'p');
        assertThat(seen).containsExactly(List.of("h2", "http/1.1"), "www.example.org");
    }

    @Test
    void aClientWithoutAnOfferIsNotPutBeforeTheSelector() {
        TlsServerConfig config = selecting(
                (offered, host) -> {
                    throw new AssertionError("asked about " + offered);
                },
                true);
        assertThat(Conversation.of(config, offering(), Forms.PLAIN)
                        .completes()
                        .client()
                        .serverExtension(ALPN))
                .isNull();
    }

    @Test
    void noChoiceIsNoApplicationProtocol() {
        Conversation conversation =
                Conversation.of(selecting((offered, host) -> null, true), offering("h2"), Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().refuses(AlertDescription.NO_APPLICATION_PROTOCOL);
    }

    @Test
    void noChoiceMayBeMadeToMeanNoProtocol() {
        assertThat(Conversation.of(selecting((offered, host) -> null, false), offering("h2"), Forms.PLAIN)
                        .completes()
                        .client()
                        .serverExtension(ALPN))
                .isNull();
        TlsServerConfig listed = builder(local(TestIdentity.RSA_2048))
                .applicationProtocols(List.of("http/1.1"))
                .requireApplicationProtocol(false)
                .build();
        assertThat(Conversation.of(listed, offering("h2"), Forms.PLAIN)
                        .completes()
                        .client()
                        .serverExtension(ALPN))
                .isNull();
    }

    @Test
    void aChoiceThatWasNotOfferedIsTheServersOwnFault() {
        Conversation conversation =
                Conversation.of(selecting((offered, host) -> "h3", true), offering("h2"), Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR);
    }
}
