package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.FutureKey;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.spec.SignatureScheme;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;

/** What the README promises is so. */
class ReadmeTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path EXAMPLE = Path.of("src/test/java/dev/lockstep/server/ReadmeExample.java");

    private static String readme() throws Exception {
        return Files.readString(ROOT.resolve("README.md"));
    }

    @Test
    void theExampleIsTheOneThatCompiles() throws Exception {
        Matcher shown = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme());
        assertThat(shown.find()).isTrue();
        String source = Files.readString(EXAMPLE);
        String compiled = source.substring(
                source.indexOf("// README begins\n") + "// README begins\n".length(),
                source.indexOf("        // README ends"));

        assertThat(shown.group(1)).isEqualTo(compiled.stripTrailing().stripIndent() + "\n");
    }

    @Test
    void theExampleRunsUntilItNeedsTheKeyAndIsWokenByIt() throws Exception {
        ThrowawayCa ca = new ThrowawayCa(Instant.now());
        KeyPair keys = ca.ec();
        CompletableFuture<byte[]> signature = new CompletableFuture<>();
        FutureKey key = FutureKey.builder()
                .signer(Set.of(SignatureScheme.ECDSA_SECP256R1_SHA256), request -> signature)
                .build();
        SSLEngine client = TestClients.trusting(ca).createSSLEngine("localhost", 443);
        client.setUseClientMode(true);
        client.setEnabledProtocols(new String[] {"TLSv1.2"});
        ByteBuffer hello = ByteBuffer.allocate(32 * 1024);
        client.wrap(ByteBuffer.allocate(0), hello);

        ReadmeExample example = new ReadmeExample();
        StepResult result =
                example.embed(List.of(ca.issueForLocalhost(keys)), key, hello.flip(), ByteBuffer.allocate(32 * 1024));

        assertThat(result).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        assertThat(example.wasHandedOver()).isFalse();
        signature.complete(new byte[70]);
        assertThat(example.wasHandedOver()).isTrue();
    }

    @Test
    void everyFileThatIsNamedExists() throws Exception {
        Matcher link = Pattern.compile("\\]\\(([^)#:]+)\\)").matcher(readme());
        int links = 0;
        while (link.find()) {
            assertThat(ROOT.resolve(link.group(1))).exists();
            links++;
        }
        assertThat(links).isGreaterThan(5);
    }

    @Test
    void everyOptionThatIsNamedExistsInItsCommand() throws Exception {
        Matcher keyserver =
                Pattern.compile("```\n[^`]*lockstep\\.jar keyserver[^`]*```").matcher(readme());
        assertThat(keyserver.find()).isTrue();
        assertOptionsExist(help("keyserver"), keyserver.group());
        assertOptionsExist(help("serve") + help("keyserver"), keyserver.replaceAll(""));
    }

    private static String help(String command) throws Exception {
        return Running.finished(Map.of(), command, "--help").out();
    }

    private static void assertOptionsExist(String help, String text) {
        Matcher option = Pattern.compile("`?(--[a-z][a-z-]+)").matcher(text);
        int options = 0;
        while (option.find()) {
            assertThat(help).contains(option.group(1));
            options++;
        }
        assertThat(options).isGreaterThan(3);
    }
}
