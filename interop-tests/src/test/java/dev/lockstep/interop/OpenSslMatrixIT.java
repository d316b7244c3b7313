package dev.lockstep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.interop.Exchange.Outcome;
import dev.lockstep.interop.OpenSslClient.Session;
import dev.lockstep.interop.Setup.Keys;
import dev.lockstep.interop.Setup.Service;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * OpenSSL's client against every cipher suite x group x certificate x signature, with keys that answer at once and keys
 * that suspend the handshake: both of every row with {@code -Passurance}, and one by default, the other one for the neighbours of a
 * row. The client offers one suite, one group and one scheme at a time, verifies the chain and the name, and gets back what it sent;
 * what it says was agreed is compared.
 */
@Tag("one-jdk")
@ExtendWith(Servers.class)
class OpenSslMatrixIT {
    private static final OpenSslClient CLIENT = new OpenSslClient(Servers.DIRECTORY);
    private static final boolean BOTH_KEYS = Boolean.getBoolean("assurance");
    /** Signatures with SHA-1, CBC with SHA-1 and the like are below OpenSSL's default level. */
    private static final String ANY_LEVEL = ":@SECLEVEL=0";

    private final Servers.Pool servers;

    OpenSslMatrixIT(Servers.Pool servers) {
        this.servers = servers;
    }

    @BeforeAll
    static void peerIsThere() {
        CLIENT.require();
    }

    record Case(Suite suite, Group group, KeyKind certificate, Signature signature, Keys keys) {

        /** Whether it is the one of its row's two keys that is tried by default: each value of a row meets both. */
        boolean isItsTurn() {
            int place = suite.ordinal() + group.ordinal() + certificate.ordinal() + signature.ordinal();
            return keys.ordinal() == place % Keys.values().length;
        }
    }

    static Stream<Case> matrix() {
        return all().filter(row -> BOTH_KEYS || row.isItsTurn());
    }

    private static Stream<Case> all() {
        return Arrays.stream(Suite.values()).flatMap(suite -> Arrays.stream(KeyKind.values())
                .filter(suite.keyExchange()::servedWith)
                .flatMap(kind -> Group.of(suite.keyExchange())
                        .flatMap(group -> Signature.usual(suite.keyExchange(), kind)
                                .flatMap(signature -> Arrays.stream(Keys.values())
                                        .map(keys -> new Case(suite, group, kind, signature, keys))))));
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void everySuiteGroupCertificateAndSignatureCompletesAndCarriesData(Case row)
            throws IOException, InterruptedException {
        Session session = talk(row, List.of(), Payload.of(row.hashCode(), 4));
        assertAgreed(row, session);
    }

    static Stream<Case> signatures() {
        return Arrays.stream(Signature.values()).flatMap(signature -> Arrays.stream(KeyKind.values())
                .filter(signature::madeBy)
                .flatMap(kind -> Arrays.stream(Keys.values())
                        .map(keys -> new Case(
                                kind.isRsa()
                                        ? Suite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
                                        : Suite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                                Group.X25519,
                                kind,
                                signature,
                                keys))));
    }

    @ParameterizedTest
    @MethodSource("signatures")
    void everySignatureSchemeOfEveryKeyIsAccepted(Case row) throws IOException, InterruptedException {
        assertAgreed(row, talk(row, List.of(), Payload.of(row.hashCode(), 1)));
    }

    static Stream<Case> oneRowPerSuite() {
        return all().filter(row -> row.keys() == Keys.INLINE)
                .filter(row -> row.certificate() == KeyKind.RSA_2048 || row.certificate() == KeyKind.P256)
                .filter(row ->
                        row.group() == Group.SECP256R1 || row.group() == Group.FFDHE2048 || row.group() == Group.NONE)
                .filter(row -> row.signature() != Signature.RSA_PKCS1_SHA256);
    }

    @ParameterizedTest
    @MethodSource("oneRowPerSuite")
    void everySuiteCarriesManyRecordsBothWays(Case row) throws IOException, InterruptedException {
        assertAgreed(row, talk(row, List.of(), Payload.of(row.hashCode(), 1000)));
    }

    static Stream<Case> cbcSuites() {
        return oneRowPerSuite().filter(row -> row.suite().isCbc());
    }

    @ParameterizedTest
    @MethodSource("cbcSuites")
    void everyCbcSuiteAlsoWorksMacThenEncrypt(Case row) throws IOException, InterruptedException {
        assertAgreed(row, talk(row, List.of("-no_etm"), Payload.of(row.hashCode(), 400)));
    }

    private Session talk(Case row, List<String> more, String payload) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>();
        options.addAll(List.of("-cipher", row.suite().openSslName() + ANY_LEVEL));
        options.addAll(row.group().options(row.certificate()));
        options.addAll(row.signature().options());
        options.addAll(more);
        Setup setup = new Setup(row.keys(), Service.ECHO, row.group().served(row.certificate()));
        return CLIENT.talk(servers.target(setup, row.certificate()), options, payload);
    }

    private static void assertAgreed(Case row, Session session) {
        assertThat(session.exchange().outcome())
                .as(() -> row + "\n" + session.exchange().said())
                .isEqualTo(Outcome.COMPLETED);
        assertThat(session.protocol()).isEqualTo("TLSv1.2");
        assertThat(session.suite()).isEqualTo(row.suite().openSslName());
        assertThat(session.temporaryKey()).isEqualTo(row.group().shown());
        assertThat(session.signatureType()).isEqualTo(row.signature().shownType());
        assertThat(session.hash()).isEqualTo(row.signature().shownHash());
    }
}
