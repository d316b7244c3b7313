package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments that stand for those in a file. */
@Timeout(60)
class ArgumentFilesTest {

    @TempDir
    Path directory;

    private String file(String name, String text) throws Exception {
        return "@" + Files.writeString(directory.resolve(name), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "serve", "demo", "keyserver", "audit", "audit verify", "explain", "completion"})
    void oneThatCannotBeReadIsAnErrorInEveryCommand(String command) throws Exception {
        String gone = "@" + directory.resolve("gone");
        String nested = file("nested", "--port 0\n" + gone + "\n");
        String folder = "@" + directory;
        for (String argument : new String[] {gone, nested, folder}) {
            Running running = Running.finished(
                    Map.of(), (command + " " + argument).strip().split(" "));
            assertThat(running.exitCode()).isEqualTo(2);
            assertThat(running.out()).isEmpty();
            assertThat(running.err().strip())
                    .isEqualTo(
                            argument.equals(folder)
                                    ? folder + ": " + directory + " is a directory; give a file"
                                    : gone + ": there is no such file of arguments; check the path, or write @" + gone
                                            + " if no file is meant");
        }
    }

    @Test
    void theirWordsTakeTheirPlace() throws Exception {
        String inner = file("inner", "--cert 'a b.pem' --key k # a comment");
        String outer = file("outer", "# first\r\n--port\t8443\n\n" + inner + "\n\"--sni\" x");
        assertThat(ArgumentFiles.expand(new String[] {"serve", outer, "--check", "@@home", "@", ""}))
                .containsExactly(
                        "serve", "--port", "8443", "--cert", "a b.pem", "--key", "k", "--sni", "x", "--check", "@home",
                        "@", "");
    }

    @Test
    void aPartOfAWordCanBeInQuotesAndNothingIsLost() throws Exception {
        String file = file("parts", "--key=\"a b\".pem ke#y 'it\"s' \"\" 'C:\\temp\\new' \"it's\"# --more\n#'\n");
        assertThat(ArgumentFiles.expand(new String[] {file}))
                .containsExactly("--key=a b.pem", "ke#y", "it\"s", "", "C:\\temp\\new", "it's#", "--more");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--sni 'a b", "--sni \"a b\n--key k\"", "it's"})
    void aQuoteEndsInItsLine(String text) throws Exception {
        String file = file("open", "# one\n" + text);
        char quote = text.indexOf('"') < 0 ? '\'' : '"';
        assertThatThrownBy(() -> ArgumentFiles.expand(new String[] {file}))
                .isInstanceOf(UsageError.class)
                .hasMessage(file + ": the quote " + quote + " in line 2 is not closed; close it in this line, or put it"
                        + " into quotes of the other kind");
    }

    @Test
    void theEncodingsOfEditorsAreRead() throws Exception {
        byte[] utf16 = "\uFEFF--psk-hint m\u00fcller".getBytes(StandardCharsets.UTF_16LE);
        Path wide = Files.write(directory.resolve("wide"), utf16);
        String marked = file("marked", "\uFEFF--psk-hint m\u00fcller");
        for (String argument : new String[] {"@" + wide, marked}) {
            assertThat(ArgumentFiles.expand(new String[] {argument})).containsExactly("--psk-hint", "m\u00fcller");
        }
    }

    @Test
    void oneThatNamesItselfIsRefused() throws Exception {
        String first = "@" + directory.resolve("first");
        String second = file("second", first);
        Files.writeString(directory.resolve("first"), "--check " + second);
        assertThatThrownBy(() -> ArgumentFiles.expand(new String[] {first}))
                .isInstanceOf(UsageError.class)
                .hasMessage(first + ": " + first.substring(1) + " names itself; remove this argument from the file");
        String twice = file("twice", "--sni x");
        assertThat(ArgumentFiles.expand(new String[] {twice, twice})).hasSize(4);
    }

    /** A hint or a name would be another one than the file says. */
    @Test
    void aFileOfAnotherEncodingIsRefused() throws Exception {
        Path latin =
                Files.write(directory.resolve("latin"), "--psk-hint caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        Running running = Running.finished(Map.of(), "serve", "@" + latin);
        assertThat(running.exitCode()).isEqualTo(2);
        assertThat(running.err())
                .isEqualToIgnoringNewLines("@" + latin + ": " + latin + " is not in UTF-8; write the file in UTF-8");
    }
}
