namespace Lucid.SessionApi.Domain;

/// <summary>Platform roles as they stand in tokens.</summary>
public static class Roles
{
    public const string Admin = "admin";
    public const string SuperAdmin = "super_admin";

    public static bool MaySeeAll(string role) => role is Admin or SuperAdmin;
}
