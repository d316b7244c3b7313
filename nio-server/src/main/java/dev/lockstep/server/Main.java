package dev.lockstep.server;

import dev.lockstep.server.audit.AuditCommand;
import dev.lockstep.server.demo.DemoCommand;
import dev.lockstep.server.explain.ExplainCommand;
import dev.lockstep.server.files.FileNames;
import dev.lockstep.server.files.OutputFile;
import dev.lockstep.server.keyserver.KeyserverCommand;
import dev.lockstep.server.serve.ServeCommand;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code lockstep} with its commands. */
@Command(
        name = "lockstep",
        description = "A TLS 1.2 server whose private key may be in a token, a key server or an ssh-agent.",
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
        return commandLine(environment, "");
    }

    /**
     * The program's commands and options, or of its commands only the one named {@code first}, if there is one: a server
     * that starts does not wait until picocli has read the annotations of all the others.
     */
    private static CommandLine commandLine(Environment environment, String first) {
        Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
        commands.put("serve", () -> sectioned(new ServeCommand(environment)));
        commands.put("demo", () -> new CommandLine(new DemoCommand(environment)));
        commands.put("keyserver", () -> sectioned(new KeyserverCommand(environment)));
        commands.put("audit", () -> new CommandLine(new AuditCommand(environment)));
        commands.put("explain", () -> new CommandLine(new ExplainCommand(environment)));
        CommandLine program = new CommandLine(new Main(environment));
        Supplier<CommandLine> named = commands.get(first);
        if (named != null) {
            return program.addSubcommand(first, named.get());
        }
        commands.forEach((name, command) -> program.addSubcommand(name, command.get()));
        return program.addSubcommand("completion", completion());
    }

    /** The script for shells, of all the other commands. As picocli has it, it has another name and takes any argument. */
    private static CommandLine completion() {
        CommandLine line = new CommandLine(new GenerateCompletion()).setCommandName("completion");
        line.getCommandSpec().helpCommand(false);
        return line;
    }

    private static CommandLine sectioned(Object command) {
        CommandLine line = new CommandLine(command);
        SectionedHelp.apply(line);
        return line;
    }

    /** Runs a command line and answers its exit code. */
    public static int run(String[] args, Environment environment) {
        try {
            return runExpanded(ArgumentFiles.expand(args), environment);
        } catch (UsageError e) {
            return refuse(environment, e.getMessage());
        }
    }

    private static int runExpanded(String[] args, Environment environment) {
        return commandLine(environment, args.length == 0 ? "" : args[0])
                .setExpandAtFiles(false) // done, with an error for a file that cannot be read
                .setOut(environment.out())
                .setErr(environment.err())
                .setParameterExceptionHandler((e, given) -> refuse(environment, wrongSyntax(e)))
                .setExecutionStrategy(parsed -> {
                    String empty = emptyValue(parsed);
                    return empty == null ? new CommandLine.RunLast().execute(parsed) : refuse(environment, empty);
                })
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (e instanceof UsageError error) {
                        return refuse(environment, error.getMessage());
                    }
                    if (e instanceof IOException failure) {
                        environment
                                .err()
                                .println(UsageError.oneLine(
                                        "lockstep: the server stopped: " + OutputFile.cause(failure)));
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

    /**
     * Says which value is empty; null if none is. It is that of a shell variable that is not set, and would stand for this
     * directory as a path and for this machine as a host.
     */
    private static @Nullable String emptyValue(ParseResult parsed) {
        for (ParseResult each = parsed; each != null; each = each.hasSubcommand() ? each.subcommand() : null) {
            for (ArgSpec arg : each.matchedArgs()) {
                if (arg.arity().min() > 0 && arg.originalStringValues().contains("")) {
                    return name(arg) + ": its value is empty; give " + arg.paramLabel()
                            + ", and see that every variable in the command is set";
                }
            }
        }
        return null;
    }

    private static String name(ArgSpec arg) {
        return arg instanceof OptionSpec option ? option.longestName() : arg.paramLabel();
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
        if (e instanceof OverwrittenOptionException twice && twice.getOverwritten() instanceof OptionSpec option) {
            return option.longestName() + ": was given twice; give it once";
        }
        ArgSpec arg = e.getArgSpec();
        String value = e.getValue();
        if (arg != null && value != null) {
            return arg.arity().max() == 0
                    ? UsageError.oneLine(name(arg) + ": takes no value; leave '=" + value + "' out")
                    : FileNames.impossible(name(arg), value)
                            .getMessage(); // what is no path is a text, which any value is
        }
        return UsageError.oneLine(String.valueOf(e.getMessage())) + help;
    }
}
