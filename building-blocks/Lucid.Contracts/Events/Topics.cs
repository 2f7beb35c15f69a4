namespace Lucid.Contracts.Events;

/// <summary>Topic names; the event type carries the meaning.</summary>
public static class Topics
{
    public const string Auth = "lucid.auth";
    public const string Gateway = "lucid.gateway";
    public const string Sessions = "lucid.sessions";
    public const string Chain = "lucid.chain";
    public const string Rdp = "lucid.rdp";
    public const string Nodes = "lucid.nodes";
    public const string Admin = "lucid.admin";
    public const string Storage = "lucid.storage";
    public const string System = "lucid.system";
    public const string Payments = "lucid.payments";

    /// <summary>The only path but the payment gateway's door from the main plane into payments.</summary>
    public const string PayoutsRequested = "lucid.payouts.requested";

    /// <summary>Commands between the services of the payment plane, on the wallet broker.</summary>
    public const string Wallet = "wallet.events";

    /// <summary>Where messages go whose handler gave up.</summary>
    public static string DeadLetter(string topic) => $"{topic}.dlq";
}
