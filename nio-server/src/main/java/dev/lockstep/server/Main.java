package dev.lockstep.server;

import dev.lockstep.server.audit.AuditCommand;
import dev.lockstep.server.demo.DemoCommand;
import dev.lockstep.server.explain.ExplainCommand;
import dev.lockstep.server.keyserver.KeyserverCommand;
import dev.lockstep.server.serve.ServeCommand;
import java.io.IOException;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: {@code lockstep demo}, {@code lockstep serve}, {@code lockstep keyserver}, {@code lockstep audit} and
 * {@code lockstep explain}. */
@Command(
        name = "lockstep",
        description = "A TLS 1.2 server whose private key may take its time.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class Main implements Runnable {

    /** The command line cannot be obeyed. */
    public static final int USAGE = 2;

    /** The server failed while it ran. */
    public static final int FAILED = 1;

    private final Environment environment;

    private Main(Environment environment) {
        this.environment = environment;
    }

    /** Runs the command line {@code args} and exits: 0 for success, 2 for a wrong command line, 1 for a failure. */
    public static void main(String[] args) {
        System.exit(run(args, Environment.ofProcess()));
    }

    /** The program's commands and options. */
    static CommandLine commandLine(Environment environment) {
        CommandLine serve = new CommandLine(new ServeCommand(environment));
        CommandLine keyserver = new CommandLine(new KeyserverCommand(environment));
        SectionedHelp.apply(serve);
        SectionedHelp.apply(keyserver);
        return new CommandLine(new Main(environment))
                .addSubcommand(serve)
                .addSubcommand(new DemoCommand(environment))
                .addSubcommand(keyserver)
                .addSubcommand(new AuditCommand(environment))
                .addSubcommand(new ExplainCommand(environment))
                .addSubcommand("completion", new GenerateCompletion());
    }

    /** Runs a command line and answers its exit code. */
    public static int run(String[] args, Environment environment) {
        return commandLine(environment)
                .setOut(environment.out())
                .setErr(environment.err())
                .setParameterExceptionHandler((e, given) -> refuse(environment, wrongSyntax(e)))
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (e instanceof UsageError error) {
                        return refuse(environment, error.getMessage());
                    }
                    if (e instanceof IOException) {
                        environment.err().println("lockstep: the server stopped: " + e.getMessage());
                        return FAILED;
                    }
                    throw e; // a defect: its stack trace is what is needed
                })
                .execute(args);
    }

    @Override
    public void run() {
        commandLine(environment).usage(environment.out());
    }

    private static int refuse(Environment environment, String line) {
        environment.err().println(line);
        return USAGE;
    }

    private static String wrongSyntax(ParameterException e) {
        String help = "; see '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'";
        if (e instanceof UnmatchedArgumentException unmatched) {
            return UsageError.oneLine(unmatched.getUnmatched().get(0) + ": unknown here" + help);
        }
        if (e instanceof MissingParameterException missing
                && missing.getMissing().get(0) instanceof OptionSpec option) {
            return option.longestName() + ": its value is missing" + help;
        }
        return UsageError.oneLine(String.valueOf(e.getMessage())) + help;
    }
}
