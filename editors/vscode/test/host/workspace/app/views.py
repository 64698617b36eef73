from app.models import Model, User


def render(model: Model) -> str:
    return str(model)


def page() -> str:
    user = User()
    user.save()
    return render(user)
