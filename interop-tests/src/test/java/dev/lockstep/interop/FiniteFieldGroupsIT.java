package dev.lockstep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.interop.Exchange.Outcome;
import dev.lockstep.interop.Setup.Groups;
import dev.lockstep.interop.Setup.Keys;
import dev.lockstep.interop.Setup.Service;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * FFDHE groups negotiated through supported_groups (RFC 7919), which OpenSSL's client does not offer in TLS 1.2: GnuTLS
 * and NSS offer one group at a time and must be served with it.
 */
@Tag("one-jdk")
@ExtendWith(Servers.class)
class FiniteFieldGroupsIT {
    private final Servers.Pool servers;

    FiniteFieldGroupsIT(Servers.Pool servers) {
        this.servers = servers;
    }

    @ParameterizedTest
    @CsvSource({"LARGE_FIRST,INLINE", "SMALL_FIRST,INLINE", "LARGE_FIRST,DELAYED", "SMALL_FIRST,DELAYED"})
    void gnuTlsIsServedWithTheGroupItOffers(Groups groups, Keys keys) throws IOException, InterruptedException {
        GnuTlsClient client = new GnuTlsClient();
        client.require();
        String group = groups.finiteField().toUpperCase(Locale.ROOT);
        String priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+DHE-RSA:-GROUP-ALL:+GROUP-" + group;
        Exchange exchange = client.talk(
                servers.target(new Setup(keys, Service.ECHO, groups), KeyKind.RSA_2048),
                priority,
                Visit.once(Payload.of(7, 4)));
        assertThat(exchange.outcome()).as(exchange::said).isEqualTo(Outcome.COMPLETED);
        assertThat(exchange.said()).contains("(DHE-" + group + ")");
    }

    @ParameterizedTest
    @CsvSource({"LARGE_FIRST,INLINE", "SMALL_FIRST,INLINE", "LARGE_FIRST,DELAYED", "SMALL_FIRST,DELAYED"})
    void nssIsServedWithTheGroupItOffers(Groups groups, Keys keys) throws IOException, InterruptedException {
        NssClient client = new NssClient(Servers.DIRECTORY);
        client.require();
        String bits = groups.finiteField().substring("ffdhe".length());
        // -H: nothing but a group of RFC 7919 is good enough. -c :009E is TLS_DHE_RSA_WITH_AES_128_GCM_SHA256.
        Exchange exchange = client.talk(
                servers.target(new Setup(keys, Service.HTTP, groups), KeyKind.RSA_2048),
                List.of("-H", "-I", "FF" + bits, "-c", ":009E"),
                Visit.once(Payload.of(8, 4)));
        assertThat(exchange.outcome()).as(exchange::said).isEqualTo(Outcome.COMPLETED);
        assertThat(exchange.said()).contains("Key Exchange: " + bits + "-bit DHE");
    }
}
