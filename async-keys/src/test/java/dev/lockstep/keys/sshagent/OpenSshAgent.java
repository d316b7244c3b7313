package dev.lockstep.keys.sshagent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.util.Needed;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.util.OpenSSHPublicKeyUtil;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** A stock OpenSSH agent, started and ended by its process. The keys are made by ssh-keygen and never come into this JVM. */
final class OpenSshAgent {

    private static final TestAuthority AUTHORITY = TestAuthority.root("authority.test", Instant.now());

    private final Path directory;
    private final Path socket;
    private Process process;
    private int names;

    OpenSshAgent(Path directory) throws IOException {
        Needed.programs("openssh-client", "ssh-agent", "ssh-add", "ssh-keygen");
        this.directory = directory;
        this.socket = directory.resolve("agent");
        start();
    }

    Path socket() {
        return socket;
    }

    /** The agent's first line comes when it listens. */
    void start() throws IOException {
        Files.deleteIfExists(socket);
        process = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        // Not closed here: the agent would be killed by its next line.
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        assertThat(out.readLine()).contains("SSH_AUTH_SOCK");
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    /** Makes a key, gives it to the agent and a certificate for it to the caller; the key's file stays. */
    Keyed key(String type, int bits) throws Exception {
        Path file = directory.resolve("key" + names++);
        run("ssh-keygen", "-q", "-t", type, "-b", String.valueOf(bits), "-N", "", "-C", "test", "-f", file.toString());
        add(file);
        String line = Files.readString(Path.of(file + ".pub"));
        return new Keyed(file, certificate(Base64.getDecoder().decode(line.split(" ")[1])));
    }

    record Keyed(Path file, X509Certificate certificate) {}

    void add(Path file) throws Exception {
        run("ssh-add", "-q", file.toString());
    }

    void removeAll() throws Exception {
        run("ssh-add", "-q", "-D");
    }

    private void run(String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SSH_AUTH_SOCK", socket.toString());
        Process child = builder.redirectInput(new File("/dev/null")).start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue())
                .as(Arrays.toString(command) + ": " + output)
                .isZero();
    }

    private X509Certificate certificate(byte[] blob) throws Exception {
        SubjectPublicKeyInfo info =
                SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(OpenSSHPublicKeyUtil.parsePublicKey(blob));
        return AUTHORITY.server(new JcaPEMKeyConverter().getPublicKey(info), "agent.test");
    }
}
