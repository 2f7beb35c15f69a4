namespace Lucid.Sidecar.Cli;

internal static class UsageText
{
    public const string Text =
        """
        lucid-sidecar: the embedded Dapr runtime, for one machine (production uses daprd)

          lucid-sidecar run [-f FILE] [--resources-path DIR]... [--lucid-dir DIR] [--ready-timeout S] [--log-level L] [--quiet]
              starts every app of a multi-app run file with its sidecar, until Ctrl-C;
              --quiet: what the apps print goes to their log files only
          lucid-sidecar start <app-id>         starts an app of a running file again after it has ended
          lucid-sidecar status [--json]        shows the apps of a running file
          lucid-sidecar wait [--timeout S] [--pid N]
              returns when every app is ready (default 120 s), or run N has ended
          lucid-sidecar stop                   ends a run
              start, status, wait and stop take -f FILE and --lucid-dir DIR as the run was given them

          lucid-sidecar --app-id ID [daprd's flags] [-- command]
              one sidecar beside one app; with a command it starts the app as well
          lucid-sidecar version | help

        FILE     dapr.yaml here or in dapr/ unless named; a folder means the dapr.yaml in it
        DIR      --resources-path adds folders to those of the run file; --lucid-dir is .lucid beside
                 the run file, or beside the folder of the run file if it is there
        exit     0 clean · 1 an app has ended or was not ready · 2 wrong command line or file · 3 a port is in use
        """;
}
