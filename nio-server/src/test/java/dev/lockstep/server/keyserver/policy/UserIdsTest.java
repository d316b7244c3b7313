package dev.lockstep.server.keyserver.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** User ids are numbers, whatever users are called. */
class UserIdsTest {

    private record User(int id) implements UserPrincipal {
        @Override
        public String getName() {
            return "user " + id;
        }
    }

    /** Looks names up first and takes what is none for a number, as the JDK does. */
    private static final class Users extends UserPrincipalLookupService {

        private final Map<String, Integer> names = Map.of("1000", 0, "001000", 0, "0", 1000, "alice", 1000);

        @Override
        public UserPrincipal lookupPrincipalByName(String name) throws IOException {
            Integer id = names.get(name);
            try {
                return new User(id == null ? Integer.parseInt(name) : id);
            } catch (NumberFormatException e) {
                throw new UserPrincipalNotFoundException(name);
            }
        }

        @Override
        public GroupPrincipal lookupPrincipalByGroupName(String group) throws IOException {
            throw new UserPrincipalNotFoundException(group);
        }
    }

    @TempDir
    Path directory;

    @Test
    void aUserCalledByANumberIsNotTheUserWithThatId() throws Exception {
        assertThat(UserIds.principal(1000, new Users())).isEqualTo(new User(1000));
        assertThat(UserIds.principal(0, new Users())).isEqualTo(new User(0));
        assertThat(UserIds.principal(0xFFFF_FFFEL, new Users())).isEqualTo(new User(-2));
    }

    @Test
    void theSystemsOwnPrincipalsAreFound() throws Exception {
        long own = Integer.toUnsignedLong((Integer) Files.getAttribute(directory, "unix:uid"));
        UserPrincipalLookupService users = FileSystems.getDefault().getUserPrincipalLookupService();
        assertThat(UserIds.principal(own, users)).isEqualTo(Files.getOwner(directory));
        assertThat(UserIds.principal(own + 1, users)).isNotEqualTo(Files.getOwner(directory));
        assertThat(UserIds.principal(0xFFFF_FFFEL, users)).isNotEqualTo(Files.getOwner(directory));
    }
}
