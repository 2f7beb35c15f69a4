namespace Lucid.SessionPipeline.Domain;

/// <summary>Codes and sentences of failures that more than one place finds.</summary>
public static class SessionFailures
{
    public const string KeyVersionLost = "key_version_lost";

    public const string KeyVersionLostMessage =
        "The folder of key versions does not hold this session's: mount the volume that SESSION_KEY_PATH had when the session started, the same one for every replica, then have an administrator retry the session.";
}
