package dev.lockstep.server.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written after a failure is a line of its own, and nothing is written twice. */
class LineFileTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 6})
    void aLineAfterAPieceOfOneBeginsOnItsOwn(int room) throws IOException {
        Path path = directory.resolve("lines");
        FullDisk disk = new FullDisk(new FileOutputStream(path.toFile(), true));
        try (LineFile file = new LineFile(disk, new RandomAccessFile(path.toFile(), "r"))) {
            file.write("first");
            disk.room(room);
            assertThatThrownBy(() -> file.write("second")).hasMessage("No space left on device");
            assertThatThrownBy(() -> file.write("third")).hasMessage("No space left on device");
            disk.room(100);
            file.write("fourth");
            file.write("fifth");
        }
        String piece = "second".substring(0, room);
        String torn = piece.isEmpty() ? "" : piece + "\n";
        assertThat(Files.readString(path)).isEqualTo("first\n" + torn + "fourth\nfifth\n");
    }

    @Test
    void aFileThatEndsInsideALineIsContinuedOnAnotherOne() throws IOException {
        Path path = Files.writeString(directory.resolve("lines"), "killed in the mid");
        try (LineFile file = LineFile.appendTo(path)) {
            file.write("later");
        }
        assertThat(Files.readString(path)).isEqualTo("killed in the mid\nlater\n");
    }

    @Test
    void aFileThatWasEmptiedMeanwhileBeginsWithALine() throws IOException {
        Path path = directory.resolve("lines");
        FullDisk disk = new FullDisk(new FileOutputStream(path.toFile(), true)).room(3);
        try (LineFile file = new LineFile(disk, new RandomAccessFile(path.toFile(), "r"))) {
            assertThatThrownBy(() -> file.write("first")).isInstanceOf(IOException.class);
            Files.writeString(path, "");
            disk.room(100);
            file.write("second");
        }
        assertThat(Files.readString(path)).isEqualTo("second\n");
    }

    @Test
    void aDeviceThatIsFullIsNoFileWithAnEnd() throws IOException {
        try (LineFile file = LineFile.appendTo(Path.of("/dev/full"))) {
            assertThatThrownBy(() -> file.write("line")).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> file.write("line")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aStreamOfTheProcessForgetsWhatItCouldNotWrite() throws IOException {
        FullDisk disk = new FullDisk(new ByteArrayOutputStream());
        try (ProcessWriter out = ProcessWriter.over(disk)) {
            out.println("first");
            disk.room(3);
            out.println("second");
            assertThatThrownBy(() -> out.writeLine("third")).hasMessage("No space left on device");
            disk.room(100);
            out.writeLine("fourth");
            ((PrintWriter) out).println("fifth");
            out.print("six");
            out.writeLine("th");
        }
        assertThat(disk.toString().lines()).containsExactly("first", "sec", "fourth", "fifth", "sixth");
    }
}
